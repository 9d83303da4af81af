"""Services Publics+: the French state's open data of users' experiences and of what administrations answered.

Source: https://www.data.gouv.fr, “Expériences Services Publics+”: CSV with semicolons, or JSON (a list, or one object a
line) with the same names in small letters without accents. Columns that are not named here are not read.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from portevoix.channels.importers.city_accounts import City
from portevoix.channels.importers.documents import (
    Item,
    LeftOut,
    ReplayedStream,
    build_item,
    documents,
    with_line_number,
)
from portevoix.channels.importers.tables import read_table
from portevoix.channels.importers.values import Values, paragraphs
from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.labels import Sentiment
from portevoix.kernel.streams import BOM, BREAKS_OFF, DAMAGE_ERRORS, MOST_LINE_BYTES

REQUIRED_COLUMNS = ("id_experience", "ecrit_le", "description")
PARIS = ZoneInfo("Europe/Paris")

_SENTIMENTS = {"positif": Sentiment.WELL, "negatif": Sentiment.WRONG, "neutre": Sentiment.NEUTRAL}
_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})(.*)", re.DOTALL)


def read(stream: BinaryIO, city: City) -> Iterator[Item]:
    """Yield each experience, then its answers. The account is the first structure, or the city's when given."""
    try:
        head = stream.readline(MOST_LINE_BYTES + 1)
    except DAMAGE_ERRORS:
        yield BadLine(BREAKS_OFF, line=1)
        return
    again = cast(BinaryIO, ReplayedStream(head, stream))
    results: Iterable[tuple[int, object] | BadLine]
    if head.removeprefix(BOM).lstrip().startswith((b"[", b"{")):
        results = documents(again)
    else:
        results = read_table(again, REQUIRED_COLUMNS, named=_column_key)
    for result in results:
        if isinstance(result, BadLine):
            yield result
            continue
        number, row = result
        try:
            messages = list(_messages(Values(row), city))
        except BadLine as bad:
            yield with_line_number(bad, number)
            continue
        yield from (build_item(message, _itself, number) for message in messages)


def _messages(row: Values, city: City) -> Iterator[dict[str, Any] | LeftOut]:
    number, structure = row.key("id_experience", needed=True), row.text("intitule_structure_1").strip()
    account = next(iter(city.accounts), structure or "services-publics-plus")
    common = {"channel": "services-publics-plus", "account": account}
    yield common | {
        "external_id": number,
        "direction": "in",
        "author": {"id": f"experience-{number}", "name": row.text("pseudonyme_usager").strip()},
        "sent_at": instant(row.text("ecrit_le", needed=True), "ecrit_le"),
        "text": paragraphs(_plain(row.text("titre")), _plain(row.text("description", needed=True))),
        "lang": "fr",
        "labels": _labels(row),
    }
    answer_date = row.text("date_de_premiere_reponse").strip()
    for place in ("1", "2", "3"):
        text = _plain(row.text(f"reponse_structure_{place}"))
        if not text:
            continue
        if not answer_date:
            yield LeftOut("answers without a date")
            continue
        who = row.text(f"intitule_structure_{place}").strip() or account
        yield common | {
            "external_id": f"{number}-reponse-{place}",
            "in_reply_to": number,
            "direction": "out",
            "author": {"id": who, "name": who},
            "sent_at": instant(answer_date, "date_de_premiere_reponse"),
            "text": text,
            "lang": "fr",
        }
        answer_date = ""  # the date is that of the first answer alone


def instant(text: str, field: str) -> str:
    """Return a date or a time in RFC 3339, in Paris time without an offset. Raise BadLine with the `field`."""
    text = text.strip()
    if day := _DAY.fullmatch(text):
        text = f"{day[3]}-{day[2]}-{day[1]}{day[4]}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = gettext_noop("“{field}” is {value}. A date is expected there, like 2026-03-02 or 02/03/2026.")
        raise BadLine(message, line=None, field=field, value=text[:60]) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=PARIS)).isoformat()


def _labels(row: Values) -> dict[str, Any]:
    valence = _SENTIMENTS.get(_column_key(row.text("ressenti_usager")))
    topics = [topic for place in "123" if (topic := row.text(f"intitule_typologie_{place}").strip())]
    procedures = row.text("demarches_saisies_par_usager").strip()
    labels = {"valence": valence, "topic": topics[0] if topics else "", "topics": topics, "procedures": procedures}
    return {name: value for name, value in labels.items() if value}


def _column_key(column: str) -> str:
    """Return the JSON name of a column: “Réponse structure 1” is reponse_structure_1."""
    bare = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\xa0", " ").strip()


def _itself(message: dict[str, Any] | LeftOut) -> dict[str, Any] | LeftOut:
    return message
