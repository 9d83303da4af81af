"""What the catalogue of indicators says of each: its label, its formula, its source."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

type Catalogue = Mapping[str, Mapping[str, str]]
"""`label`, `formula` and `source` by the indicator's code, English and marked for translation."""


def label(catalogue: Catalogue, code: str) -> str:
    """In the reader's language; a code that the catalogue does not know stands for itself."""
    return said(catalogue, code, "label") or code


def said(catalogue: Catalogue, code: str, what: str) -> str:
    """ "" where the catalogue says nothing."""
    text = catalogue.get(code, {}).get(what, "")
    return _(text) if text else ""
