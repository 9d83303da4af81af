"""The cursor of an account, as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portevoix.channels.bluesky import sweep
from portevoix.channels.bluesky.sweep import Listing

LISTINGS: Final = ("notifications", "posts", "search")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The position of an account. `turn` counts the calls, each of which checks something else; `watch` is the position
    of the check for deletions.
    """

    listings: Mapping[str, Listing]
    turn: int = 0
    watch: int = 0

    def __str__(self) -> str:
        listings = {name: sweep.written(listing) for name, listing in self.listings.items()}
        document = {"turn": self.turn, "watch": self.watch, "listings": listings}
        return json.dumps(document, separators=(",", ":"))

    @classmethod
    def read(cls, text: str | None, *, floor: int, floors: Mapping[str, int]) -> "Cursor":
        """Parse a cursor. Without a valid one, and for a listing that it does not have yet, start at `floor`, or at the
        listing's own of `floors`.
        """
        try:
            document = json.loads(text or "{}")
            listings = {name: sweep.read(listing) for name, listing in document.get("listings", {}).items()}
            turn, watch = int(document.get("turn", 0)), int(document.get("watch", 0))
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            listings, turn, watch = {}, 0, 0
        return cls({name: listings.get(name) or Listing(floors.get(name, floor)) for name in LISTINGS}, turn, watch)
