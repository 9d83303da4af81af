"""The map: cities where they lie, on an outline of mainland France or on a bare grid, names that do not overlap."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from portevoix.barometer.publish.charts import percent, shape
from portevoix.barometer.publish.reading import City, Study

FRANCE = (41.2, 51.3, -5.3, 9.7)
"""South, north, west, east, in degrees: the mainland and Corsica."""
# Drawn by hand to about ten kilometres: latitude and longitude, clockwise from Dunkirk.
MAINLAND = """
    51.07,2.54 50.72,3.16 50.35,3.66 50.13,4.22 49.80,4.85 49.52,5.45 49.46,6.35 49.16,6.85 48.97,8.22 48.33,7.75 47.59,7.59
    47.43,6.98 46.93,6.45 46.58,6.11 46.14,5.97 46.42,6.80 45.92,7.04 45.25,6.98 44.85,6.72 44.15,7.10 43.79,7.53 43.55,7.05
    43.15,6.50 43.10,5.90 43.30,5.30 43.50,4.10 43.15,3.10 42.44,3.17 42.40,2.00 42.70,0.70 42.80,-0.30 43.36,-1.78
    44.65,-1.25 45.60,-1.10 46.15,-1.20 46.70,-1.95 47.28,-2.40 47.60,-3.10 47.85,-4.35 48.35,-4.75 48.70,-4.00 48.80,-3.10
    48.63,-2.00 48.65,-1.45 49.20,-1.60 49.70,-1.90 49.65,-1.25 49.35,-0.95 49.30,0.10 49.70,0.20 50.05,1.40 50.75,1.58
"""
CORSICA = "43.00,9.40 42.55,9.52 41.90,9.40 41.38,9.20 41.60,8.80 42.20,8.60 42.70,9.10"
SMALLEST, LARGEST = 4.0, 15.0  # radius of a dot, in px
_WIDE, _HIGH = 640, 620  # px of the picture for which names are placed
_LETTER, _LINE = 6.6, 15  # px of a letter and of a line
_MARK = 7  # px of the radius that marks are drawn with
PROMINENT = 5  # cities whose names stay where there is little room


@dataclass(frozen=True, slots=True)
class Place:
    """A city on the map; `label` says on which side its name stands, "" where there is no room for it."""

    city: City
    code: str
    name: str
    shape: int
    x: str
    y: str
    scale: str
    prominent: bool
    label: str
    dx: str
    dy: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Map:
    """`outlines`: points of polygons in a box of 100 × 100; `outside`: cities that lie beyond the frame."""

    places: Sequence[Place]
    outside: Sequence[City]
    missing: Sequence[City]
    outlines: Sequence[str]
    grid: Sequence[tuple[str, str]]


def draw(study: Study) -> Map | None:
    """None where no city has coordinates. Cities far from a France where most lie are named beside the map."""
    known = [city for city in study.cities if city.get("lat") is not None and city.get("lon") is not None]
    if not known:
        return None
    missing = [city for city in study.cities if city not in known]
    inside = [city for city in known if _in_france(city)]
    french = 2 * len(inside) > len(known)
    shown = inside if french else known
    frame = FRANCE if french else _around(shown)
    points = {city["code"]: _project(city["lat"], city["lon"], frame) for city in shown}
    outlines = [_outline(text, frame) for text in (MAINLAND, CORSICA)] if french else []
    grid = [] if french else [(f"{part * 20}%", f"{part * 20}%") for part in range(1, 5)]
    outside = [city for city in known if city not in shown]
    return Map(_placed(shown, points), outside, missing, outlines, grid)


def _in_france(city: City) -> bool:
    south, north, west, east = FRANCE
    return bool(south <= city["lat"] <= north and west <= city["lon"] <= east)


def _around(cities: Sequence[City]) -> tuple[float, float, float, float]:
    """A frame about the cities, with a margin; never of no width."""
    lats, lons = [city["lat"] for city in cities], [city["lon"] for city in cities]
    margin = max(0.12 * max(max(lats) - min(lats), max(lons) - min(lons)), 0.1)
    return min(lats) - margin, max(lats) + margin, min(lons) - margin, max(lons) + margin


def _project(lat: float, lon: float, frame: tuple[float, float, float, float]) -> tuple[float, float]:
    """Equirectangular about the frame's middle, as fills a square of 100 × 100 whose middle it is."""
    south, north, west, east = frame
    stretch = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * stretch, north - south
    side = max(wide, high)
    x = 50 + 100 * ((lon - (west + east) / 2) * stretch) / side
    y = 50 - 100 * (lat - (south + north) / 2) / side
    return x, y


def _outline(text: str, frame: tuple[float, float, float, float]) -> str:
    points = (tuple(map(float, pair.split(","))) for pair in text.split())
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in (_project(lat, lon, frame) for lat, lon in points))


def _placed(cities: Sequence[City], points: dict[str, tuple[float, float]]) -> list[Place]:
    """The largest first, so that it lies below and its name has the choice of room."""
    most = max((city["population"] or 1) for city in cities)
    taken: list[tuple[float, float, float, float]] = []
    placed = []
    by_size = sorted(cities, key=lambda city: (-(city["population"] or 1), city["code"]))
    radii = {c["code"]: max(SMALLEST, LARGEST * math.sqrt((c["population"] or 1) / most)) for c in by_size}
    for city in by_size:
        x, y = points[city["code"]]
        r = radii[city["code"]]
        taken.append((x * _WIDE / 100 - r, y * _HIGH / 100 - r, x * _WIDE / 100 + r, y * _HIGH / 100 + r))
    for city in by_size:
        x, y = points[city["code"]]
        label, dx, dy, anchor = _label(city["name"], x * _WIDE / 100, y * _HIGH / 100, radii[city["code"]], taken)
        placed.append(
            Place(
                city=city,
                code=city["code"],
                name=city["name"],
                shape=shape(city),
                x=percent(x),
                y=percent(y),
                scale=f"{radii[city['code']] / _MARK:.2f}",
                prominent=len(placed) < PROMINENT,
                label=label,
                dx=dx,
                dy=dy,
                anchor=anchor,
            )
        )
    return placed


def _label(
    name: str, x: float, y: float, r: float, taken: list[tuple[float, float, float, float]]
) -> tuple[str, str, str, str]:
    wide = len(name) * _LETTER
    sides = (
        ("right", r + 5, 4.5, "start", x + r + 5, y - _LINE / 2),
        ("left", -r - 5, 4.5, "end", x - r - 5 - wide, y - _LINE / 2),
        ("above", 0.0, -r - 6, "middle", x - wide / 2, y - r - 5 - _LINE),
        ("below", 0.0, r + 15, "middle", x - wide / 2, y + r + 3),
    )
    for side, dx, dy, anchor, left, top in sides:
        box = (left, top, left + wide, top + _LINE)
        if left < 0 or left + wide > _WIDE or any(_meet(box, other) for other in taken):
            continue
        taken.append(box)
        return side, f"{dx:.1f}", f"{dy:.1f}", anchor
    return "", "0", "0", "start"


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
