"""X: the CSV of `minet twitter scrape`, `tweets`, `user-tweets` and the like.

Source: https://github.com/medialab/minet and the fields of https://github.com/medialab/twitwi.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from portevoix.channels.importers.city_accounts import City, opening
from portevoix.channels.importers.documents import Item, LeftOut, build_item
from portevoix.channels.importers.tables import Row, read_table
from portevoix.channels.importers.twarc import address
from portevoix.channels.importers.values import from_timestamp, language, web_address
from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop

REQUIRED_COLUMNS = ("id", "user_id", "user_screen_name", "text")

_EXPONENT = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_COUNTS = {"likes": "like_count", "reposts": "retweet_count", "replies": "reply_count"}


def read(stream: BinaryIO, city: City) -> Iterator[Item]:
    """Yield the rows of a file, in its order."""
    for result in read_table(stream, REQUIRED_COLUMNS):
        if isinstance(result, BadLine):
            yield result
        else:
            number, row = result
            yield build_item(row, lambda row: post(row, city), number)


def post(row: Row, city: City) -> dict[str, Any] | LeftOut:
    """Convert a row to a line of the interchange format. Raise BadLine."""
    if row.get("retweeted_id"):
        return LeftOut("reposts")
    number, who, handle = _number(row, "id"), _number(row, "user_id"), row["user_screen_name"]
    names, numbers = _many(row, "mentioned_names"), _many(row, "mentioned_ids")
    parent = row.get("to_userid", "")
    return {
        "channel": "x",
        **city.sides(
            author=(handle, who),
            replied=(row.get("to_username", ""), parent) if parent != who else (),
            opening=(opening(row["text"]),),
            mentioned=[(name,) for name in (*names, *numbers)],
        ),
        "external_id": number,
        "in_reply_to": _number(row, "to_tweetid") if row.get("to_tweetid") else "",
        "author": {"id": who, "handle": handle, "name": row.get("user_name", "")},
        "sent_at": _sent_at(row),
        "text": row["text"],
        "lang": language(row.get("lang", "")),
        "url": web_address(row.get("url", "")) or address(handle, number),
        "media": list(_media(row)),
        "place": _place(row),
        "counts": {name: _count(row, column) for name, column in _COUNTS.items()},
    }


def _sent_at(row: Row) -> str:
    seconds = row.get("timestamp_utc", "")
    if not seconds:  # a local time tells something only with its offset
        return row.get("local_time", "")
    try:
        sent_at = from_timestamp(float(seconds))
    except ValueError:
        sent_at = None
    if sent_at is None:
        raise BadLine(gettext_noop("“{field}” is {value}. Seconds since 1970 are expected there."),
                      line=None, field="timestamp_utc", value=seconds[:60])  # fmt: skip
    return sent_at


def _number(row: Row, column: str) -> str:
    value = row[column].strip()
    if _EXPONENT.fullmatch(value):
        message = gettext_noop("“{field}” is {value}: a spreadsheet has rounded it. Take the file as minet wrote it.")
        raise BadLine(message, line=None, field=column, value=value[:60])
    return value


def _count(row: Row, column: str) -> int | None:
    value = row.get(column, "").strip().removesuffix(".0")
    if not value:
        return None
    if value.isascii() and value.isdecimal() and len(value) < 20:
        return int(value)
    message = gettext_noop("“{field}” is {value}. A whole number is expected there.")
    raise BadLine(message, line=None, field=column, value=value[:60])


def _place(row: Row) -> dict[str, float] | None:
    lat, lng = row.get("lat", ""), row.get("lng", "")
    if not (lat and lng):
        return None
    try:
        return {"lat": float(lat), "lon": float(lng)}
    except ValueError:
        message = gettext_noop("“{field}” is {value}. Degrees are expected there.")
        raise BadLine(message, line=None, field="lat, lng", value=f"{lat}, {lng}"[:60]) from None


def _media(row: Row) -> Iterator[dict[str, str]]:
    types, texts = _many(row, "media_types"), _many(row, "media_alt_texts")
    for number, link in enumerate(_many(row, "media_urls")):
        if web_address(link):
            alt = texts[number] if number < len(texts) else ""
            yield {"url": link, "type": types[number] if number < len(types) else "", "alt": alt}


def _many(row: Row, column: str) -> list[str]:
    value = row.get(column, "")
    return value.split("|") if value else []
