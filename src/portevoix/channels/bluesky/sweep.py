"""Reading a listing that begins with its newest entry, page by page, so that each entry is taken once.

A sweep goes from the newest entry back to where the last one began, over as many calls as it needs. What comes
meanwhile is for the next sweep. Entries may also appear further down, below what was taken, as the sender's clock has a
say in their place. So what was taken is remembered by name, as far as the floor, and every page is looked through.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from portevoix.kernel.errors import TryLater

KEEP: Final = 200
"""How many names a listing remembers: some 13 KB of the cursor, which is written at each call."""
SLACK: Final = 600_000
"""How far a sender's clock may be behind, in milliseconds, for the entry to be found for sure. Others are found if
they are among the newest.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in a listing: `at` in milliseconds since 1970, and what is there. `watched`: as in `Seen`."""

    at: int
    name: str
    item: Any = None
    watched: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `oldest` is how far back it goes, with what is of no interest; `next` where the listing goes on,
    "" at its end. One that is not `full` is most likely the last one.
    """

    entries: tuple[Entry, ...]
    oldest: int | None
    next: str = ""
    full: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry that was taken. `watched`: it is a message, whose deletion is of interest."""

    at: int
    name: str
    watched: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """How far a listing was read. What is as old as `floor`, or older, is not taken any more.

    `mark` is the newest entry when the last whole sweep began. During a sweep `page` is where it goes on, `top` its
    newest entry, `swept` the newest that it took, and `edge` what it took last, which the next page may show again.
    """

    floor: int
    mark: int = 0
    seen: tuple[Seen, ...] = ()
    page: str = ""
    top: int = 0
    swept: tuple[Seen, ...] = ()
    edge: tuple[str, ...] = ()

    def names(self) -> set[str]:
        return {seen.name for seen in (*self.seen, *self.swept)} | set(self.edge)


def sweep(
    listing: Listing, fetch: Callable[[str], Page], *, most: int, known: Collection[str] = ()
) -> tuple[Listing, list[Entry]]:
    """Reads `most` pages at most; returns how far it came and what is new, oldest first. Done when its `page` is ""."""
    names = listing.names() | set(known)
    taken: list[Entry] = []
    for number in range(most):
        try:
            found = fetch(listing.page)
        except TryLater:
            if number == 0:
                raise
            break  # what was read is kept; the next call says what is wrong, if it still is
        new = [each for each in found.entries if each.at > listing.floor and each.name not in names]
        new = list({each.name: each for each in new}.values())
        names.update(each.name for each in new)
        taken += new
        listing = replace(
            listing,
            top=max([listing.top, *(each.at for each in found.entries)]),
            swept=(*listing.swept, *(Seen(each.at, each.name, each.watched) for each in new))[:KEEP],
            edge=tuple(each.name for each in new),
        )
        if _is_last(listing, found, bool(new)):
            listing = _done(listing)
            break
        listing = replace(listing, page=found.next)
    return listing, sorted(taken, key=lambda each: (each.at, each.name))


def _is_last(listing: Listing, found: Page, new: bool) -> bool:
    if not found.next or found.next == listing.page:
        return True
    if found.oldest is None:
        return False
    known = not new and not found.full and found.oldest <= listing.mark
    return known or found.oldest < max(listing.mark - SLACK, listing.floor)


def restarted(listing: Listing) -> Listing:
    """Begins its sweep anew, as when the network has forgotten the page where it was to go on."""
    return Listing(listing.floor, listing.mark, (*listing.swept, *listing.seen))


def _done(listing: Listing) -> Listing:
    """What is older than the names that are kept is known to have been taken, and not by name."""
    every = sorted((*listing.swept, *listing.seen), key=lambda each: (-each.at, each.name))
    dropped = (*listing.swept[KEEP - 1 : KEEP], *every[KEEP : KEEP + 1])
    return Listing(
        floor=max([listing.floor, *(each.at for each in dropped)]),
        mark=max(listing.mark, listing.top),
        seen=tuple(every[:KEEP]),
    )


def written(listing: Listing) -> dict[str, Any]:
    """As JSON takes it."""
    told: dict[str, Any] = {"floor": listing.floor, "mark": listing.mark, "seen": _rows(listing.seen)}
    if listing.page:
        told |= {"page": listing.page, "top": listing.top, "swept": _rows(listing.swept), "edge": listing.edge}
    return told


def read(told: Mapping[str, Any]) -> Listing:
    """Raises KeyError, TypeError or ValueError for what `written` did not write."""
    return Listing(
        floor=int(told["floor"]),
        mark=int(told["mark"]),
        seen=_seen(told["seen"]),
        page=str(told.get("page", "")),
        top=int(told.get("top", 0)),
        swept=_seen(told.get("swept", ())),
        edge=tuple(map(str, told.get("edge", ()))),
    )


def _rows(several: tuple[Seen, ...]) -> list[list[Any]]:
    return [[each.at, each.name] if each.watched else [each.at, each.name, 0] for each in several]


def _seen(rows: Any) -> tuple[Seen, ...]:
    return tuple(Seen(int(at), str(name), not rest) for at, name, *rest in rows)
