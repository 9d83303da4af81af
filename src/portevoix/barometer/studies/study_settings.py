"""Reads `study.toml`; each wrong key gets its remark, all of them at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Final

from portevoix.barometer.studies import default_weights
from portevoix.barometer.studies.csv_files import Notes, read_date
from portevoix.barometer.studies.handles import network_name
from portevoix.barometer.studies.model import SETTINGS, Settings, Shrinkage
from portevoix.kernel.errors import BadFile, BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.policy import ServicePolicy, find_zone, read_policy
from portevoix.kernel.toml_source import TomlSource

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("title", "period", "networks", "timezone", "languages", "simulated", "seed"),
    "weights": tuple(default_weights.WEIGHTS),
    "indicators": tuple(default_weights.INDICATORS),
    "goalposts": tuple(default_weights.GOALPOSTS),
    "minimum": tuple(default_weights.MINIMUM),
    "shrinkage": ("strength", "prior"),
    "hours": ("policy",),
}
"""What `study.toml` may hold, table by table; the reference page documents each."""
_TABLES: Final = tuple(name for name in KEYS if name)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LONGEST: Final = 3660
_LARGEST: Final = 1e12
_EARLIEST, _LATEST = 1990, 2200  # years


def read_settings(folder: Path, today: date, notes: Notes) -> Settings | None:
    """Return the settings, None when something in them is wrong: `notes` hold the reasons."""
    before = len([remark for remark in notes.remarks if remark.grave])
    source = _read_source(folder, notes)
    if source is None:
        return None
    reader = _SettingsReader(source, notes)
    reader.check_keys()
    settings = _settings(reader, folder)
    wrong = len([remark for remark in notes.remarks if remark.grave]) > before
    if settings and settings.last_day >= today:
        # Grave, for figures of a period that goes on would be told as those of the whole; yet it can be prepared.
        message = gettext_noop("The period ends on {day}, which is not over yet. Wait until then to publish figures.")
        notes.grave(SETTINGS, None, message, day=str(settings.last_day))
    return None if wrong else settings


def _settings(reader: "_SettingsReader", folder: Path) -> Settings | None:
    first, last = reader.period()
    timezone = reader.timezone()
    # Each is looked at, even where the study cannot be used: all that is wrong is told at once.
    build = partial(
        Settings,
        title=reader.title(),
        networks=reader.networks(),
        timezone=timezone,
        languages=reader.languages(),
        weights=reader.weights(),
        indicators=reader.indicators(),
        goalposts=reader.goalposts(),
        minimum=reader.minimum(),
        shrinkage=reader.shrinkage(),
        hours=reader.hours(folder, timezone),
        simulated=reader.value("simulated", bool, False, gettext_noop("Write true or false.")),
        seed=reader.seed(),
    )
    return build(first_day=first, last_day=last) if first and last else None


def _read_source(folder: Path, notes: Notes) -> TomlSource | None:
    try:
        return TomlSource((folder / SETTINGS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = gettext_noop("There is no such file in {folder}. Start a study with `portevoix barometer new`.")
        notes.grave(SETTINGS, None, message, folder=str(folder))
    except OSError as error:
        notes.grave(SETTINGS, None, gettext_noop("It cannot be read: {why}."), why=error.strerror or str(error))
    except UnicodeDecodeError:
        notes.grave(SETTINGS, None, gettext_noop("It is not text in UTF-8. Save it as UTF-8."))
    except BadFile as bad:
        notes.grave(SETTINGS, bad.line, bad.text, **bad.values)
    return None


@dataclass(frozen=True, slots=True)
class _SettingsReader:
    """Each method returns a setting, or its default when it is absent or, noted, wrong."""

    source: TomlSource
    notes: Notes

    def wrong(self, key: str, value: object, what: str, /, **values: str | int) -> None:
        """Note a wrong value. `what` says what to write instead; `values` fill its places."""
        shown_value = " ".join(str(value).split())
        message = gettext_noop("“{key}” is {value}. {what}")
        self.notes.grave(SETTINGS, None, message, key=key, value=shown_value[:60], what=what.format(**values))

    def check_keys(self) -> None:
        for key in self.source.unknown_keys(KEYS[""]):
            if key not in _TABLES:
                self._unknown(key, (*KEYS[""], *(f"[{name}]" for name in _TABLES)))
            elif self.source.table(key) is None:
                message = gettext_noop("It is a table: write [{key}] on a line of its own.")
                self.wrong(key, self.source.value(key), message, key=key)
            else:
                for inner in self.source.unknown_keys(KEYS[key], key):
                    self._unknown(inner, KEYS[key], within=key)

    def _unknown(self, key: str, known: tuple[str, ...], *, within: str = "") -> None:
        near, path = get_close_matches(key, known, n=1), f"{within}.{key}" if within else key
        if near:
            message = gettext_noop("“{key}” is not known. Is “{near}” meant?")
            self.notes.grave(SETTINGS, None, message, key=path, near=near[0])
        else:
            message = gettext_noop("“{key}” is not known. Write one of: {known}.")
            self.notes.grave(SETTINGS, None, message, key=path, known=", ".join(known))

    def value[Kind](self, key: str, kind: type[Kind], default: Kind, what: str) -> Kind:
        setting = self.source.value(key)
        if setting is None:
            return default
        if type(setting) is kind:
            return setting
        self.wrong(key, setting, what)
        return default

    def table(self, key: str) -> dict[str, object]:
        """Return what is known of a table."""
        return {name: value for name, value in (self.source.table(key) or {}).items() if name in KEYS[key]}

    def title(self) -> str:
        title = (self.source.text("title") or "").strip()
        if title:
            return title
        self._missing("title", 'title = "The towns of our county, autumn 2026"')
        return ""

    def period(self) -> tuple[date | None, date | None]:
        days = [_day(item) for item in self.source.items("period") or []]
        if len(days) != 2 or None in days:
            self._missing("period", 'period = ["2026-09-07", "2026-11-29"], the first and the last day')
            return None, None
        first, last = days
        if first and last and first > last:
            message = gettext_noop("The first day comes after the last one: write them the other way round.")
            self.wrong("period", f"{first} – {last}", message)
        elif first and last and (last - first).days > _LONGEST:
            self.wrong("period", f"{first} – {last}", gettext_noop("It is longer than ten years: look at the years."))
        elif first and last and (first.year < _EARLIEST or last.year > _LATEST):
            message = gettext_noop("There were no networks then: look at the years.")
            self.wrong("period", f"{first} – {last}", message)
            return None, None
        return first, last

    def seed(self) -> int:
        what = gettext_noop("Write a whole number from 0 on.")
        seed = self.value("seed", int, default_weights.SEED, what)
        if seed >= 0:
            return seed
        self.wrong("seed", seed, what)
        return default_weights.SEED

    def networks(self) -> tuple[str, ...]:
        names = self._texts("networks")
        if not names:
            self._missing("networks", 'networks = ["bluesky", "mastodon"]')
        for name in names:
            if not network_name(name):
                self.wrong("networks", name, gettext_noop("Write small letters, digits, - or _, like bluesky."))
        return tuple(dict.fromkeys(filter(None, map(network_name, names))))

    def timezone(self) -> str:
        name = self.value("timezone", str, default_weights.TIMEZONE, gettext_noop("Write a name like Europe/Paris."))
        try:
            return find_zone(name).key
        except BadInput as bad:
            self.notes.grave(SETTINGS, None, bad.text, **bad.values)
            return default_weights.TIMEZONE

    def languages(self) -> tuple[str, ...]:
        setting = self.source.value("languages")
        if setting is None:
            return default_weights.LANGUAGES
        names = tuple(name.strip().lower() for name in self._texts("languages"))
        if not names or not all(map(_LANGUAGE.fullmatch, names)):
            self.wrong("languages", setting, gettext_noop('Write a list of language codes, like ["fr", "en"].'))
            return default_weights.LANGUAGES
        return tuple(dict.fromkeys(names))

    def weights(self) -> Mapping[str, float]:
        """Return weights that sum to 1; absent ones keep their default."""
        weights = dict(default_weights.WEIGHTS)
        for pillar, setting in self.table("weights").items():
            if (weight := self._weight(f"weights.{pillar}", setting)) >= 0:
                weights[pillar] = weight
        return self._shares("weights", weights)

    def indicators(self) -> Mapping[str, Mapping[str, float]]:
        """Return the weights inside each pillar; a pillar's table replaces its default members."""
        pillars: dict[str, Mapping[str, float]] = {}
        for pillar, setting in {**default_weights.INDICATORS, **self.table("indicators")}.items():
            path = f"indicators.{pillar}"
            if not isinstance(setting, Mapping):
                self.wrong(path, setting, gettext_noop("It is a table: write [{key}] on a line of its own."), key=path)
                continue
            members = {}
            for code, value in setting.items():
                if code not in default_weights.GOALPOSTS:
                    self._unknown(code, KEYS["goalposts"], within=path)
                elif (weight := self._weight(f"{path}.{code}", value)) >= 0:
                    members[code] = weight
            pillars[pillar] = self._shares(path, members)
        return pillars

    def goalposts(self) -> Mapping[str, tuple[float, float]]:
        goalposts = dict(default_weights.GOALPOSTS)
        what = gettext_noop("Write the value for 0 points and the value for 100 points, like [0.0, 0.9].")
        for code, setting in self.table("goalposts").items():
            pair = (
                [number for item in setting if (number := _number(item)) is not None]
                if isinstance(setting, list)
                else []
            )
            if not isinstance(setting, list) or len(setting) != 2 or len(pair) != 2 or pair[0] == pair[1]:
                self.wrong(f"goalposts.{code}", setting, what)
            else:
                goalposts[code] = (pair[0], pair[1])
        return goalposts

    def minimum(self) -> Mapping[str, int]:
        minimums = dict(default_weights.MINIMUM)
        for pillar, setting in self.table("minimum").items():
            if type(setting) is not int or setting < 1:
                self.wrong(f"minimum.{pillar}", setting, gettext_noop("Write a whole number from 1 on."))
            else:
                minimums[pillar] = setting
        return minimums

    def shrinkage(self) -> Shrinkage:
        table = self.table("shrinkage")
        strength = self._between(table, "strength", default_weights.SHRINKAGE_STRENGTH, 1e6)
        return Shrinkage(strength, self._between(table, "prior", default_weights.PRIOR_POINTS, 100))

    def hours(self, folder: Path, timezone: str) -> ServicePolicy:
        usual = ServicePolicy(
            timezone=timezone,
            hours=dict.fromkeys(default_weights.OPEN_DAYS, (default_weights.OPENS,)),
            calendar=default_weights.CALENDAR,
        )
        name = self.table("hours").get("policy")
        if name is None:
            return usual
        if not isinstance(name, str) or Path(name).name != name or not name.isprintable():
            self.wrong("hours.policy", name, gettext_noop('Write the name of a file in quotes, like "policy.toml".'))
            return usual
        try:
            return read_policy(folder / name)
        except BadInput as bad:
            self.notes.grave(name, bad.line if isinstance(bad, BadFile) else None, bad.text, **bad.values)
            return usual

    def _between(self, table: dict[str, object], key: str, default: float, most: float) -> float:
        number = _number(table.get(key, default))
        if number is not None and 0 <= number <= most:
            return number
        self.wrong(f"shrinkage.{key}", table[key], gettext_noop("Write a number from 0 to {most}."), most=int(most))
        return default

    def _weight(self, key: str, value: object) -> float:
        """Return the weight, or -1 for anything else."""
        number = _number(value)
        if number is not None and number >= 0:
            return number
        self.wrong(key, value, gettext_noop("A weight is a number, 0 or more."))
        return -1.0

    def _shares(self, key: str, weights: Mapping[str, float]) -> Mapping[str, float]:
        total = sum(weights.values())
        if total > 0 and isfinite(total):
            return {name: weight / total for name, weight in weights.items()}
        message = gettext_noop("Nothing in [{key}] has a weight: give one at least.")
        self.notes.grave(SETTINGS, None, message, key=key)
        return weights

    def _texts(self, key: str) -> list[str]:
        """Return those texts of a list that are any; a text that stands alone is one."""
        setting, items = self.source.value(key), self.source.items(key)
        if items is None or not all(isinstance(item, str) for item in items):
            self.wrong(key, setting, gettext_noop('Write a list of texts in quotes, like ["bluesky"].'))
        return [item for item in ([setting] if items is None else items) if isinstance(item, str)]

    def _missing(self, key: str, example: str) -> None:
        setting = self.source.value(key)
        if setting is None or setting in ("", []):
            message = gettext_noop("“{key}” is missing. Write {example}.")
            self.notes.grave(SETTINGS, None, message, key=key, example=example)
        else:
            self.wrong(key, setting, gettext_noop("Write {example}."), example=example)


def _number(value: object) -> float | None:
    """Return the number; None for anything else, or a number too large to compute with."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -_LARGEST <= value <= _LARGEST else None


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return None
    return value if isinstance(value, date) else read_date(value) if isinstance(value, str) else None
