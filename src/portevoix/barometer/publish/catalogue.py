"""Texts of the catalogue of indicators: label, formula, source."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

type Catalogue = Mapping[str, Mapping[str, str]]
"""`label`, `formula` and `source` by the indicator's code, English and marked for translation."""


def label(catalogue: Catalogue, code: str) -> str:
    """Return an indicator's label in the reader's language, or its code if the catalogue does not have it."""
    return said(catalogue, code, "label") or code


def said(catalogue: Catalogue, code: str, what: str) -> str:
    """Return a text of the catalogue, "" if there is none."""
    text = catalogue.get(code, {}).get(what, "")
    return _(text) if text else ""
