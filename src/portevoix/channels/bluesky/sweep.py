"""Reading a listing from its newest entry, page by page, so that each entry is taken once.

A sweep goes from the newest entry back to where the last one began, in as many calls as it needs. Entries that arrive
meanwhile are for the next sweep. Since the sender's clock influences their position, entries may also appear further
down, below the ones already taken. So entries are remembered by name, as far as the floor, and every page is searched.
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
    """A position in a listing: `at` in milliseconds since 1970, and its item. `watched`: as in `Seen`."""

    at: int
    name: str
    item: Any = None
    watched: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """A page, newest first. `oldest` is how far back it goes, including entries of no interest; `next` is the next
    page's cursor, "" at the end. A page that is not `full` is most likely the last one.
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
    """How far a listing was read. Entries as old as `floor`, or older, are no longer taken.

    `mark` is the newest entry when the last whole sweep began. During a sweep `page` is its next page, `top` the newest
    entry, `swept` the newest entries that it took, and `edge` the last ones, which the next page may repeat.
    """

    floor: int
    mark: int = 0
    seen: tuple[Seen, ...] = ()
    page: str = ""
    top: int = 0
    swept: tuple[Seen, ...] = ()
    edge: tuple[str, ...] = ()

    def names(self) -> set[str]:
        return {entry.name for entry in (*self.seen, *self.swept)} | set(self.edge)


def sweep(
    listing: Listing, fetch: Callable[[str], Page], *, most: int, known: Collection[str] = ()
) -> tuple[Listing, list[Entry]]:
    """Read up to `most` pages; return the new position and the new entries, oldest first. No `page` means done."""
    names = listing.names() | set(known)
    new_entries: list[Entry] = []
    for number in range(most):
        try:
            page = fetch(listing.page)
        except TryLater:
            if number == 0:
                raise
            break  # what was read is kept; the next call says what is wrong, if it still is
        new = [each for each in page.entries if each.at > listing.floor and each.name not in names]
        new = list({each.name: each for each in new}.values())
        names.update(each.name for each in new)
        new_entries += new
        listing = replace(
            listing,
            top=max([listing.top, *(each.at for each in page.entries)]),
            swept=(*listing.swept, *(Seen(each.at, each.name, each.watched) for each in new))[:KEEP],
            edge=tuple(each.name for each in new),
        )
        if _is_last(listing, page, bool(new)):
            listing = _finish(listing)
            break
        listing = replace(listing, page=page.next)
    return listing, sorted(new_entries, key=lambda each: (each.at, each.name))


def _is_last(listing: Listing, page: Page, new: bool) -> bool:
    if not page.next or page.next == listing.page:
        return True
    if page.oldest is None:
        return False
    is_known = not new and not page.full and page.oldest <= listing.mark
    return is_known or page.oldest < max(listing.mark - SLACK, listing.floor)


def restart(listing: Listing) -> Listing:
    """Return the listing with its sweep restarted, as when the network has forgotten the next page."""
    return Listing(listing.floor, listing.mark, (*listing.swept, *listing.seen))


def _finish(listing: Listing) -> Listing:
    """Return the listing after a sweep. Entries older than the names that are kept count as taken."""
    every = sorted((*listing.swept, *listing.seen), key=lambda each: (-each.at, each.name))
    dropped_entries = (*listing.swept[KEEP - 1 : KEEP], *every[KEEP : KEEP + 1])
    return Listing(
        floor=max([listing.floor, *(each.at for each in dropped_entries)]),
        mark=max(listing.mark, listing.top),
        seen=tuple(every[:KEEP]),
    )


def write(listing: Listing) -> dict[str, Any]:
    """Return the listing in a form that JSON takes."""
    document: dict[str, Any] = {"floor": listing.floor, "mark": listing.mark, "seen": _rows(listing.seen)}
    if listing.page:
        document |= {"page": listing.page, "top": listing.top, "swept": _rows(listing.swept), "edge": listing.edge}
    return document


def read(document: Mapping[str, Any]) -> Listing:
    """Parse a listing. Raise KeyError, TypeError or ValueError for another format than that of `write`."""
    return Listing(
        floor=int(document["floor"]),
        mark=int(document["mark"]),
        seen=_read_seen(document["seen"]),
        page=str(document.get("page", "")),
        top=int(document.get("top", 0)),
        swept=_read_seen(document.get("swept", ())),
        edge=tuple(map(str, document.get("edge", ()))),
    )


def _rows(entries: tuple[Seen, ...]) -> list[list[Any]]:
    return [[each.at, each.name] if each.watched else [each.at, each.name, 0] for each in entries]


def _read_seen(rows: Any) -> tuple[Seen, ...]:
    return tuple(Seen(int(at), str(name), not rest) for at, name, *rest in rows)
