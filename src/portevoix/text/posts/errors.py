"""How the coders err, as counts, to carry error into intervals: on what two codings of the same texts agree on."""

import json
from functools import cache
from importlib.resources import files

AXES = ("function", "form", "territory", "self_centred", "plain", "automatic", "tone")


@cache
def confusion(axis: str) -> dict[str, dict[str, int]]:
    """{true code: {code that was told: posts}} of one of AXES, as `bench/coders.py --write` counted them.

    "none" is the territory "" of the codes; "" what was not told. Yes and no are those words. The texts are invented,
    the accounts of "automatic" simulated: real ones will be harder.
    """
    known: dict[str, dict[str, dict[str, int]]] = json.loads(
        files(__package__).joinpath("confusion.json").read_text("utf-8")
    )
    return known[axis]
