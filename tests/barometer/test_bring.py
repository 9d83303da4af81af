"""Files of other tools: onto the shelf of the account that they speak of, each message once."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portevoix.barometer.collect.coverage import read_coverage
from portevoix.barometer.collect.file_import import FileImporter, ImportCounts
from portevoix.barometer.collect.store import read_collected
from portevoix.barometer.studies.loader import Study
from portevoix.kernel.errors import BadLine
from portevoix.kernel.interchange import write_line
from tests.barometer.given import said, study

AT = datetime(2026, 9, 10, 8, 0, tzinfo=UTC)
ACCOUNTS = (
    "city,network,handle,scope,evidence_url,evidence_date,since,until\n"
    "01053,bluesky,bourg.test,city,https://b.test/c,2026-09-01,,\n"
    "01053,x,@Bourg,city,https://b.test/c,2026-09-01,,\n"
    "21231,x,https://x.com/Dijon,city,https://d.test/c,2026-09-01,,\n"
    "21231,x,dijon_museum,other,https://d.test/c,2026-09-01,,\n"
)


def bring(one: Study, format_: str, *lines: str) -> ImportCounts:
    bringer = FileImporter(one, format_)
    for item in bringer.read(io.BytesIO("".join(f"{line}\n" for line in lines).encode())):
        assert not isinstance(item, BadLine), item
        bringer.take(item)
    bringer.end()
    return bringer.counts


def tweet(name: str, author: str, text: str, *, to: str = "") -> dict[str, object]:
    mentions = [{"username": word[1:], "id": word[1:]} for word in text.split() if word.startswith("@")]
    told: dict[str, object] = {
        "id": name,
        "author_id": author,
        "author": {"id": author, "username": author},
        "created_at": "2026-09-10T08:00:00.000Z",
        "text": text,
        "conversation_id": to or name,
        "entities": {"mentions": mentions},
    }
    if to:
        told["referenced_tweets"] = [{"type": "replied_to", "id": to}]
    return told


def minet(name: str, author: str, text: str) -> str:
    return f'{name},1789027200,{author},{author},"{text}"'


def test_interchange(tmp_path: Path) -> None:
    one = study(tmp_path / "study", accounts=ACCOUNTS)
    lines = [write_line(said("q", at=AT)), write_line(said("a", at=AT + timedelta(minutes=5), out=True, to="q"))]
    stranger = json.loads(lines[0]) | {"account": "elsewhere.test", "external_id": "z"}
    told = bring(one, "interchange", *lines, lines[0], json.dumps(stranger))
    assert (told.new, told.duplicates, told.strangers) == (2, 1, 1)
    question, answer = read_collected(one)
    assert (question.external_id, answer.in_reply_to, answer.account) == ("q", "q", "bourg.test")
    assert question.author.id.startswith("citizen:") and answer.author.handle == "bourg.test"


def test_an_account_may_be_written_in_any_way(tmp_path: Path) -> None:
    one = study(tmp_path / "study", accounts=ACCOUNTS)
    line = json.loads(write_line(said("q", at=AT)))
    forms = ("@Bourg.test", "https://bsky.app/profile/bourg.test", "BOURG.TEST")
    told = bring(one, "interchange", *(json.dumps(line | {"account": form, "external_id": form}) for form in forms))
    assert told.new == 3 and {message.account for message in read_collected(one)} == {"bourg.test"}


def test_the_posts_of_two_tools_are_one_message(tmp_path: Path) -> None:
    one = study(tmp_path / "study", accounts=ACCOUNTS)
    twarc = [
        json.dumps(tweet("1", "ana", "@Bourg la piscine ouvre quand ?")),
        json.dumps(tweet("2", "Bourg", "@ana à 9 h", to="1")),
        json.dumps(tweet("3", "ana", "@dijon et chez vous ?")),
        json.dumps(tweet("4", "ana", "il pleut")),
        json.dumps(tweet("5", "ana", "@dijon_museum ouvert ?")),
    ]
    told = bring(one, "twarc", *twarc)
    assert (told.new, told.strangers) == (3, 2), "what names no account of the study is left out"
    head = "id,timestamp_utc,user_id,user_screen_name,text"
    again = bring(
        one, "minet", head, minet("1", "ana", "@Bourg la piscine ouvre quand ?"), minet("6", "bourg", "Bonjour")
    )
    assert (again.new, again.duplicates) == (1, 1)
    found = {message.external_id: message for message in read_collected(one)}
    assert {name: message.account for name, message in found.items()} == {
        "1": "bourg",
        "2": "bourg",
        "3": "dijon",
        "6": "bourg",
    }
    assert found["2"].in_reply_to == "1" and found["1"].author == found["3"].author
    bourg, dijon = read_coverage(one)
    assert (bourg.sources, bourg.read, dijon.sources, dijon.read) == (("twarc", "minet"), 3, ("twarc",), 1)


def test_where_x_stops_showing_is_said(tmp_path: Path) -> None:
    one = study(tmp_path / "study", accounts=ACCOUNTS)
    line = json.loads(write_line(said("q", at=AT, out=True))) | {"channel": "x", "account": "bourg"}
    bring(one, "interchange", *(json.dumps(line | {"external_id": f"{n}"}) for n in range(3200)))
    (bourg,) = read_coverage(one)
    assert bourg.hidden == {"timeline_capped": 1}


def test_accounts_of_one_study_are_no_citizens(tmp_path: Path) -> None:
    """A city that writes to another one asks no question; who speaks beside a city stays known by its handle."""
    one = study(tmp_path / "study", accounts=ACCOUNTS)
    tweets = [
        tweet("1", "Dijon", "@Bourg bravo"),
        tweet("2", "dijon_museum", "@Bourg oui"),
        tweet("3", "ana", "@Bourg ?"),
    ]
    bring(one, "twarc", *map(json.dumps, tweets))
    found = {message.external_id: message for message in read_collected(one)}
    assert (found["1"].direction, found["1"].account) == ("out", "dijon")
    assert (found["2"].direction, found["2"].account, found["2"].author.handle) == ("in", "bourg", "dijon_museum")
    assert found["3"].author.handle == ""
