"""What the catalogue of indicators says of each: its label, its formula, its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`indicators`: anything with `label`, `formula` and `source`, by code; a code it does not know says nothing."""

    indicators: Mapping[str, Any]

    def label(self, code: str) -> str:
        return self._say(code, "label")

    def formula(self, code: str) -> str:
        return self._say(code, "formula")

    def source(self, code: str) -> str:
        return self._say(code, "source")

    def _say(self, code: str, what: str) -> str:
        text = getattr(self.indicators.get(code), what, "")
        return _(text) if text else ""
