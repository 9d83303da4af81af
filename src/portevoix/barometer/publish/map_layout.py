"""The map: cities on an outline of mainland France or on a bare grid, with names that do not overlap."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from portevoix.barometer.publish.chart_layout import Tick, percent, shape
from portevoix.barometer.publish.results_view import StudyView
from portevoix.barometer.results.contents import City

FRANCE = (41.2, 51.3, -5.3, 9.7)
"""South, north, west, east, in degrees: the mainland and Corsica."""
# Drawn by hand to about ten kilometres: latitude and longitude, from Dunkirk by the coast, the Pyrenees, the Alps.
MAINLAND = """
    51.05,2.37 50.97,1.85 50.73,1.60 50.20,1.52 49.93,1.08 49.70,0.20 49.50,0.10 49.42,0.25 49.28,-0.25 49.39,-1.05
    49.60,-1.27 49.70,-1.26 49.65,-1.60 49.72,-1.94 49.37,-1.80 48.84,-1.60 48.64,-1.50 48.68,-1.85 48.65,-2.02
    48.68,-2.32 48.53,-2.75 48.80,-3.05 48.83,-3.45 48.73,-3.98 48.60,-4.60 48.36,-4.78 48.38,-4.40 48.22,-4.55
    48.04,-4.73 47.80,-4.37 47.87,-3.92 47.72,-3.38 47.48,-3.12 47.55,-2.80 47.29,-2.52 47.27,-2.20 47.10,-2.10
    46.90,-2.15 46.49,-1.79 46.16,-1.20 45.95,-1.05 45.70,-1.15 45.55,-1.10 44.65,-1.25
    44.20,-1.30 43.53,-1.52 43.37,-1.78 43.05,-1.40 42.95,-0.75 42.80,-0.30 42.70,0.30 42.85,0.70 42.72,1.35 42.58,1.60
    42.43,1.95 42.35,2.50 42.43,3.17 42.70,3.04 43.10,3.10 43.28,3.50 43.40,3.70 43.53,4.15 43.40,4.50 43.35,4.85
    43.28,5.33 43.20,5.55 43.08,5.95 43.03,6.15 43.20,6.68 43.42,6.75 43.55,7.00 43.69,7.28 43.78,7.53 44.05,7.70
    44.18,7.35 44.25,6.95 44.50,6.85 44.85,7.03 45.10,6.62 45.25,7.13 45.50,7.00 45.83,6.85 46.05,7.00 46.40,6.80
    46.38,6.30 46.20,6.25 46.13,5.97 46.42,6.07 46.75,6.45 47.03,6.70 47.30,7.05 47.50,7.20 47.59,7.58 48.10,7.57
    48.60,7.82 48.97,8.22 49.05,7.50 49.20,6.90 49.47,6.40 49.55,5.80 49.70,5.40 49.85,4.85 50.15,4.85 49.98,4.20
    50.30,4.10 50.50,3.60 50.70,3.20 50.80,2.65 51.09,2.55
"""
CORSICA = "43.00,9.40 42.55,9.52 41.90,9.40 41.38,9.20 41.60,8.80 42.20,8.60 42.70,9.10"
SMALLEST, LARGEST = 4.0, 15.0  # radius of a dot, in px
_WIDE, _HIGH = 640, 620  # px of the picture for which names are placed
_NARROW = 290  # px of the same picture on a phone
_LETTER, _LINE = 6.6, 15  # px of a letter and of a line
_MARK = 7  # px of the radius that marks are drawn with
PROMINENT = 5  # cities whose names stay where there is little room


@dataclass(frozen=True, slots=True)
class Place:
    """A city on the map; `label` is the side of its name, "" when there is no room for it."""

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
    meridians: Sequence[Tick]
    parallels: Sequence[Tick]


def draw(study: StudyView) -> Map | None:
    """Return the map; None when no city has coordinates. Cities far from a France where most are are named beside the
    map.
    """
    positions = {city.code: city.position for city in study.cities if city.position}
    if not positions:
        return None
    located_cities = [city for city in study.cities if city.code in positions]
    missing = [city for city in study.cities if city.code not in positions]
    inside = [city for city in located_cities if _in_france(*positions[city.code])]
    french = 2 * len(inside) > len(located_cities)
    drawn_cities = inside if french else located_cities
    frame = FRANCE if french else _around(list(positions.values()))
    points = {city.code: _project(*positions[city.code], frame) for city in drawn_cities}
    outlines = [_outline(text, frame) for text in (MAINLAND, CORSICA)] if french else []
    meridians, parallels = ([], []) if french else _graticule(frame)
    outside = [city for city in located_cities if city not in drawn_cities]
    return Map(_lay_out_places(drawn_cities, points), outside, missing, outlines, meridians, parallels)


def _in_france(lat: float, lon: float) -> bool:
    south, north, west, east = FRANCE
    return south <= lat <= north and west <= lon <= east


def _around(positions: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Return a frame around the cities, with a margin; it always has a width."""
    lats, lons = [lat for lat, _ in positions], [lon for _, lon in positions]
    margin = max(0.12 * max(max(lats) - min(lats), max(lons) - min(lons)), 0.1)
    return min(lats) - margin, max(lats) + margin, min(lons) - margin, max(lons) + margin


def _project(lat: float, lon: float, frame: tuple[float, float, float, float]) -> tuple[float, float]:
    """Project equirectangularly around the frame's middle, into a square of 100 × 100."""
    south, north, west, east = frame
    stretch = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * stretch, north - south
    side = max(wide, high)
    x = 50 + 100 * ((lon - (west + east) / 2) * stretch) / side
    y = 50 - 100 * (lat - (south + north) / 2) / side
    return x, y


def _graticule(frame: tuple[float, float, float, float]) -> tuple[list[Tick], list[Tick]]:
    """Return four to ten lines in each direction, at round degrees."""
    south, north, west, east = frame
    side = max(north - south, east - west)
    step = next((size for size in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 45) if side / size <= 10), 90)
    middle = (south + north) / 2, (west + east) / 2
    near = [step * (round(each / step) + turn) for each in middle for turn in range(-12, 13)]
    lats = [(degrees, _project(degrees, middle[1], frame)[1]) for degrees in near[:25]]
    lons = [(degrees, _project(middle[0], degrees, frame)[0]) for degrees in near[25:]]
    return (
        [Tick(percent(x), _degrees(degrees, "W", "E")) for degrees, x in lons if 3 < x < 97],
        [Tick(percent(y), _degrees(degrees, "S", "N")) for degrees, y in lats if 3 < y < 97],
    )


def _degrees(value: float, below: str, above: str) -> str:
    """Format degrees, like "45°N", in letters that French and English share except for west, which both understand."""
    return f"{abs(value):g}°{below if value < 0 else above if value > 0 else ''}"


def _outline(text: str, frame: tuple[float, float, float, float]) -> str:
    points = (tuple(map(float, pair.split(","))) for pair in text.split())
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in (_project(lat, lon, frame) for lat, lon in points))


def _lay_out_places(cities: Sequence[City], points: dict[str, tuple[float, float]]) -> list[Place]:
    """Place the largest cities first, so that they are drawn below and their names have the choice of room."""
    most = max((city.population or 1) for city in cities)
    occupied_boxes: list[tuple[float, float, float, float]] = []
    places: list[Place] = []
    by_size = sorted(cities, key=lambda city: (-(city.population or 1), city.code))
    radii = {c.code: max(SMALLEST, LARGEST * math.sqrt((c.population or 1) / most)) for c in by_size}
    for city in by_size:
        x, y = points[city.code]
        r = radii[city.code]
        occupied_boxes.append((x * _WIDE / 100 - r, y * _HIGH / 100 - r, x * _WIDE / 100 + r, y * _HIGH / 100 + r))
    for city in by_size:
        x, y = points[city.code]
        label, dx, dy, anchor = _label(city.name, x * _WIDE / 100, y * _HIGH / 100, radii[city.code], occupied_boxes)
        places.append(
            Place(
                code=city.code,
                name=city.name,
                shape=shape(city),
                x=percent(x),
                y=percent(y),
                scale=f"{radii[city.code] / _MARK:.2f}",
                prominent=len(places) < PROMINENT and _fits(city.name, x, radii[city.code], anchor),
                label=label,
                dx=dx,
                dy=dy,
                anchor=anchor,
            )
        )
    return places


def _label(
    name: str, x: float, y: float, r: float, occupied_boxes: list[tuple[float, float, float, float]]
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
        if left < 0 or left + wide > _WIDE or any(_meet(box, other) for other in occupied_boxes):
            continue
        occupied_boxes.append(box)
        return side, f"{dx:.1f}", f"{dy:.1f}", anchor
    return "", "0", "0", "start"


def _fits(name: str, x: float, r: float, anchor: str) -> bool:
    """Return whether the name stays inside a narrow map; `x` in per cent."""
    wide = len(name) * _LETTER
    left = x * _NARROW / 100 - {"start": -r - 5, "end": wide + r + 5, "middle": wide / 2}[anchor]
    return left >= 0 and left + wide <= _NARROW


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
