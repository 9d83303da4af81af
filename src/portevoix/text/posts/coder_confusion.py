"""Confusion counts of the automatic coders, on texts whose two codings agree, to widen intervals by their error."""

import json
from functools import cache
from importlib.resources import files

AXES = ("function", "form", "territory", "self_centred", "plain", "automatic", "tone")


@cache
def confusion(axis: str) -> dict[str, dict[str, int]]:
    """Return {true code: {predicted code: posts}} of one of AXES, as `bench/coders.py --write` counted them.

    "none" is the territory "" of the codes; "" means no prediction. Yes and no are "yes" and "no". The texts are
    invented, the accounts of "automatic" simulated: real ones will be harder.
    """
    counts_by_axis: dict[str, dict[str, dict[str, int]]] = json.loads(
        files(__package__).joinpath("confusion.json").read_text("utf-8")
    )
    return counts_by_axis[axis]
