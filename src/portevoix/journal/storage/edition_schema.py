"""The JSON Schema of `edition.json`."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def schema() -> dict[str, Any]:
    """Return the schema."""
    return dict(json.loads(files("portevoix.journal").joinpath("edition.schema.json").read_text(encoding="utf-8")))
