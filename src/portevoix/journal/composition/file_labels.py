"""What the journal reads of a file's messages: their labels where the file has them, else what the program predicts."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import batched

from portevoix.exchange.thresholds import likely_label, sure_label
from portevoix.journal.composition.file_messages import Window, given_label, is_citizens
from portevoix.kernel.bounds import BEGINNING
from portevoix.kernel.messages import Incoming
from portevoix.measures.threads import citizen_of
from portevoix.record.queries.journal import CitizenMessage
from portevoix.text import starter
from portevoix.text.labels.bundled import load_bundled
from portevoix.text.labels.factory import TASKS
from portevoix.text.labels.features import Texts
from portevoix.text.labels.predictor import Suggestion, TrainedLabeller
from portevoix.text.language import detect

LANGUAGES = ("fr", "en")
BATCH = 500

type Entry = tuple[Incoming, CitizenMessage | None]
"""A message of a thread, and what the journal reads of it; None for one of the city, or an automatic one."""
type _Predictions = dict[str, dict[int, str]]
"""Labels by task and by the number of the message."""


@dataclass(frozen=True)
class LabelledThreads:
    """The threads of a file by number. `predicted`: the labels that the file does not have, of some messages at least.

    Messages have numbers by which the journal tells them apart; `external_ids` are those of the file.
    """

    threads: dict[int, list[Entry]]
    external_ids: dict[str, str]
    predicted: tuple[str, ...]


def label_threads(window: Window) -> LabelledThreads:
    threads = window.threads()
    numbers = {id(message): number for number, message in enumerate((each for some in threads for each in some), 1)}
    predictions: _Predictions = {task: {} for task in TASKS} | dict(
        _predict(threads, numbers, _departments(window.departments))
    )
    read = partial(_read_thread, numbers=numbers, predictions=predictions, since=window)
    return LabelledThreads(
        threads={place: read(place, some) for place, some in enumerate(threads, 1)},
        external_ids={str(numbers[id(each)]): each.external_id for some in threads for each in some},
        predicted=tuple(task for task in TASKS if predictions[task]),
    )


def _departments(named: Collection[str]) -> frozenset[str]:
    """Return the departments that may be predicted: the typical ones, if all that the file names are among them."""
    typical = frozenset(each.slug for each in starter.departments())
    return typical if typical.issuperset(named) else frozenset()


def _predict(
    threads: Sequence[Sequence[Incoming]], numbers: dict[int, int], departments: Collection[str]
) -> Iterator[tuple[str, dict[int, str]]]:
    """Yield the labels of each task that the file lacks. A department is that of a thread, by its first message."""
    said = [[each for each in some if is_citizens(each)] for some in threads]
    first = [some[0] for some in said if some and not any(given_label(each, "department") for each in some)]
    lacking = {
        "department": first if departments else [],
        **{task: [m for some in said for m in some if not given_label(m, task)] for task in ("kind", "valence")},
    }
    for task, messages in lacking.items():
        if messages:
            choose = sure_label if task == "department" else likely_label
            labels = _predict_labels(task, [each.text for each in messages], choose)
            yield task, {numbers[id(each)]: label for each, label in zip(messages, labels, strict=True)}


def _predict_labels(task: str, texts: Sequence[str], choose: Callable[[Sequence[Suggestion]], str]) -> list[str]:
    labeller = TrainedLabeller(load_bundled(task))
    return [choose(several) for some in batched(texts, BATCH) for several in labeller.predict(Texts(some))]


def _read_thread(
    place: int, thread: Sequence[Incoming], *, numbers: dict[int, int], predictions: _Predictions, since: Window
) -> list[Entry]:
    """Return a thread with what is read of each citizen's message; `place` is its number."""
    said = [each for each in thread if is_citizens(each)]
    given = next(filter(None, (given_label(each, "department") for each in said)), "")
    home = given or next((predictions["department"].get(numbers[id(each)], "") for each in said), "")
    first = None if since.is_older(thread) else thread[0]
    entries: list[Entry] = []
    for message in thread:
        number = numbers[id(message)]
        is_now = message.sent_at.replace(tzinfo=None) >= since.monday
        entries.append(
            (
                message,
                CitizenMessage(
                    pk=number,
                    author=citizen_of(message),
                    district=given_label(message, "district"),
                    text=message.text[:BEGINNING],
                    sent_at=message.sent_at,
                    channel=message.channel,
                    department=given_label(message, "department") or home,
                    kind=given_label(message, "kind") or predictions["kind"].get(number, ""),
                    valence=given_label(message, "valence") or predictions["valence"].get(number, ""),
                    conversation=place,
                    visibility=message.visibility,
                    lang=message.lang or (detect(message.text, LANGUAGES)[0] if is_now else ""),
                    names=tuple(filter(None, (message.author.name, message.author.handle))),
                    begins=message is first,
                )
                if is_citizens(message)
                else None,
            )
        )
    return entries
