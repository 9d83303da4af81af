"""Small studies and what their cities and citizens said, to build on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from portevoix.barometer.analysis.dataset import code_messages
from portevoix.barometer.results.build import StudyBuild, build
from portevoix.barometer.studies.loader import Study
from portevoix.kernel.messages import Direction, Incoming, Writer
from tests.barometer import given

FIRST = datetime(2026, 9, 7, 9, tzinfo=UTC)
CITIES = "code,name,population,agglomeration\nA,Aube,100000,\nB,Brume,200000,\nC,Combe,300000,\n"
ACCOUNTS = "city,network,handle,scope,evidence_url,evidence_date,since,until\n" + "".join(
    f"{code},x,ville{code.lower()},city,https://{code.lower()}.example,2026-09-01,,\n" for code in "ABC"
)
SETTINGS = 'title = "Three towns"\nperiod = ["2026-09-07", "2026-11-22"]\nnetworks = ["x"]\n'
HOURS = (0.5, 3.0, 20.0, None)


def study(place: Path, **files: str | bytes) -> Study:
    return given.study(place, **{"study": SETTINGS, "cities": CITIES, "accounts": ACCOUNTS, **files})


def built(study: Study, messages: Iterable[Incoming], **more: Any) -> dict[str, Any]:
    """The document of the results alone."""
    return whole_build(study, messages, **more).document


def whole_build(study: Study, messages: Iterable[Incoming], **more: Any) -> StudyBuild:
    return build(study, code_messages(study, [("messages.jsonl", messages)]), **more)


def city(results: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in results["cities"] if one["code"] == code)


def conversations(code: str, waits: Sequence[float | None]) -> list[Incoming]:
    """A question every five hours, and its answer so many hours later; None: never."""
    said = []
    for number, hours in enumerate(waits):
        asked = question(code, number)
        said.append(asked)
        if hours is not None:
            said.append(answer(asked, hours, f"La réponse {number} : oui, dès demain."))
    return said


def question(code: str, number: int, **more: Any) -> Incoming:
    return Incoming(
        channel="x",
        account=f"@Ville{code}",
        external_id=f"{code}-q{number}",
        direction=Direction.IN,
        author=Writer(f"citizen-{code}-{number}", f"handle{number}", f"Zibeline {number}"),
        sent_at=FIRST + timedelta(hours=5 * number),
        text=f"zibeline numéro {number} ?",
        lang="fr",
        **more,
    )


def answer(to: Incoming, hours: float, text: str, **more: Any) -> Incoming:
    return Incoming(
        channel="x",
        account=to.account,
        external_id=f"{to.external_id}-a{hours}",
        direction=Direction.OUT,
        author=Writer("city"),
        sent_at=to.sent_at + timedelta(hours=hours),
        text=text,
        in_reply_to=to.external_id,
        lang="fr",
        **more,
    )


def posts(code: str, count: int) -> list[Incoming]:
    """What a city says to nobody in particular, at odd minutes of office hours."""
    return [
        Incoming(
            channel="x",
            account=f"ville{code.lower()}",
            external_id=f"{code}-p{number}",
            direction=Direction.OUT,
            author=Writer("city"),
            sent_at=FIRST + timedelta(days=number, minutes=(number * 37) % 300),
            text=f"La médiathèque ouvre jusqu’à {9 + number % 10} h, entrée numéro {number}.",
            lang="fr",
        )
        for number in range(count)
    ]


def everything() -> list[Incoming]:
    """Three cities: A soon, B late, C hardly ever; each posts as often."""
    said = conversations("A", [0.3 + number % 4 for number in range(40)])
    said += conversations("B", [30.0 + number % 9 for number in range(40)])
    said += conversations("C", [5.0 if number % 8 == 0 else None for number in range(40)])
    return said + posts("A", 30) + posts("B", 30) + posts("C", 30)
