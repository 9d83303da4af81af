"""How far an account was read, as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portevoix.channels.bluesky import sweep
from portevoix.channels.bluesky.sweep import Listing

LISTINGS: Final = ("notifications", "posts", "search")


@dataclass(frozen=True, slots=True)
class Cursor:
    """`turn` counts the calls, of which each looks at something else; `watch` is where the watch goes on."""

    listings: Mapping[str, Listing]
    turn: int = 0
    watch: int = 0

    def __str__(self) -> str:
        listings = {name: sweep.written(listing) for name, listing in self.listings.items()}
        told = {"turn": self.turn, "watch": self.watch, "listings": listings}
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def read(cls, text: str | None, *, floor: int, floors: Mapping[str, int]) -> "Cursor":
        """For no cursor, for one that is not ours, and for a listing that it does not have yet, it begins at `floor`,
        or at the listing's own of `floors`.
        """
        try:
            told = json.loads(text or "{}")
            known = {name: sweep.read(listing) for name, listing in told.get("listings", {}).items()}
            turn, watch = int(told.get("turn", 0)), int(told.get("watch", 0))
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            known, turn, watch = {}, 0, 0
        return cls({name: known.get(name) or Listing(floors.get(name, floor)) for name in LISTINGS}, turn, watch)
