"""`portevoix text similar`: finds messages about the same thing, and the answers to them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from portevoix.cli.text.lines import BATCH, SOME_REFUSED, Line, answer_lines, sent_at, show_refused, whole_text
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_texts
from portevoix.kernel.streams import open_stream

if TYPE_CHECKING:
    from portevoix.text.similarity.index import Alike

SHOWN = 200
"""Characters of a similar message."""
_MOST_ASKED = 100


@click.command()
@click.option("--index", "source", metavar="F", required=True, help="Messages to look among, as JSON Lines, gzip too.")
@click.option("--most", metavar="N", type=click.IntRange(1, _MOST_ASKED), default=5, show_default=True,
              help="How many similar messages a line gets at most.")  # fmt: skip
@click.pass_context
def similar(context: click.Context, source: str, most: int) -> None:
    """Find messages about the same thing.

    Each line comes back with "similar": the messages from citizens among those of F that are about the same thing,
    the most similar first, with "external_id", "similarity" (from 0.5, to be looked at, to 1) and the beginning of
    "text". When F holds the city's replies (direction out, in_reply_to), also with "answers": those given to the most
    similar messages that came before. The line itself (same channel, account and external_id) is passed over.

    Messages within seven days of each other ("sent_at") are compared through one another too.

    Exit status: 0, 3 when some lines were refused, 2 when F cannot be read.
    """
    past = _Past()
    past.read(source)

    def find_similar(line: Line) -> Line:
        matches = past.index.like(whole_text(line), at=sent_at(line), most=_MOST_ASKED, without=past.itself(line))
        more: dict[str, Any] = {"similar": [past.describe(alike) for alike in matches[:most]]}
        if past.answers:
            more["answers"] = list(past.replies_to(matches, before=sent_at(line)))[:most]
        return dict(line) | more

    answer_lines(lambda lines: map(find_similar, lines))
    if past.refused:
        context.exit(SOME_REFUSED)


@dataclass(frozen=True, slots=True)
class _IndexedMessage:
    """The stored part of a message of the index."""

    key: tuple[str, ...]
    external_id: Any
    text: str
    instant: datetime | None


@dataclass
class _Past:
    """The messages to search, by their place in the file, and the replies given to them."""

    messages: list[_IndexedMessage] = field(default_factory=list)
    places: dict[tuple[str, ...], str] = field(default_factory=dict)
    answers: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    refused: list[BadLine] = field(default_factory=list)

    def read(self, source: str) -> None:
        """Read the file. Raises BadInput when it cannot be read, or holds no message from a citizen."""
        from portevoix.text.similarity.index import Index  # noqa: PLC0415 - SciPy would slow --help

        self.index = Index()
        some: list[Line] = []
        with open_stream(source) as stream:
            for line in read_texts(stream):
                if isinstance(line, BadLine):
                    self.refused.append(line)
                elif line.get("direction") == "out":
                    self._keep_answer(line)
                else:
                    some.append(line)
                if len(some) == BATCH:
                    self._add(some)
                    some = []
        self._add(some)
        show_refused(self.refused, source)
        if not self.messages:
            raise BadInput(gettext_noop("{file} holds no message from a citizen."), file=source)

    def itself(self, line: Line) -> tuple[str, ...]:
        place = self.places.get(_key(line, "external_id"))
        return () if place is None or line.get("external_id") is None else (place,)

    def describe(self, alike: "Alike") -> Line:
        message = self.messages[int(alike.id)]
        return {"external_id": message.external_id, "similarity": alike.similarity, "text": message.text}

    def replies_to(self, matches: Sequence["Alike"], *, before: datetime | None) -> Iterator[Line]:
        """Yield the replies to messages that did not come after; all of them when the time is not known."""
        for alike in matches:
            message = self.messages[int(alike.id)]
            if not (message.instant and before and message.instant > before):
                for answer in self.answers.get(message.key, []):
                    yield answer | {"similarity": alike.similarity}

    def _add(self, lines: Sequence[Line]) -> None:
        ids = [str(len(self.messages) + place) for place in range(len(lines))]
        for place, line in zip(ids, lines, strict=True):
            if isinstance(line.get("external_id"), str):
                self.places[_key(line, "external_id")] = place
            self.messages.append(
                _IndexedMessage(_key(line, "external_id"), line.get("external_id"), line["text"][:SHOWN], sent_at(line))
            )
        self.index.add(ids, [whole_text(line) for line in lines], at=[sent_at(line) for line in lines])

    def _keep_answer(self, line: Line) -> None:
        if isinstance(line.get("in_reply_to"), str) and not line.get("automatic"):
            answer = {"external_id": line.get("external_id"), "to": line["in_reply_to"], "text": line["text"]}
            self.answers[_key(line, "in_reply_to")].append(answer)


def _key(line: Line, name: str) -> tuple[str, ...]:
    return tuple(str(line.get(each)) for each in ("channel", "account", name))
