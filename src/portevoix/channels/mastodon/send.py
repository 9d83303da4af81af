"""Sending a reply as one status or several, and finding it again among the city's own statuses."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, Final

from portevoix.channels.base import Pictures
from portevoix.channels.http_answers import Answer, Rejected
from portevoix.channels.mastodon.client import Instance, server_time, status_path
from portevoix.channels.mastodon.limit import name_of
from portevoix.channels.mastodon.status import (
    Here,
    Unclear,
    account,
    as_list,
    as_mapping,
    author_id,
    identifier,
    moment,
    parent_id,
    text,
)
from portevoix.channels.mastodon.status_text import essence, find_mentions, plain
from portevoix.channels.media import MOST_BYTES
from portevoix.kernel.errors import BadInput, Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Outgoing, Receipt, Visibility

PAGE: Final = 40
PAGES: Final = 10
"""How far back the city's own statuses are looked through for one that may have arrived."""
TOLERANCE: Final = timedelta(seconds=10)
FRESH: Final = timedelta(seconds=10)
"""A reply that was written longer ago may have been sent already: not every instance heeds Idempotency-Key."""
MOST_COMPARED: Final = 500
LIKENESS: Final = 0.5
"""From which share on two texts may be the same, written differently by an instance."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
PICTURES: Final = Pictures(most=4, bytes=MOST_BYTES)
"""As Mastodon has it; an instance that takes less says so, and one that takes more is not asked to."""
PARENT_GONE = gettext_noop(
    "What this replies to is not on the network any more: it was deleted, or is hidden from the city."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts to be posted, and what all of them have in common."""

    to: str
    parts: list[str]
    parent: str
    common: Mapping[str, str]

    def body(self, number: int, parent: str) -> dict[str, str]:
        return {"status": self.parts[number], **self.common} | ({"in_reply_to_id": parent} if parent else {})


@dataclass(frozen=True, slots=True)
class _Own:
    """A status of the city's: what it says and answers, and whether it came after the reply was written."""

    receipt: Receipt
    essence: str
    answers: str
    at: datetime
    recent: bool

    def is_it(self, essence: str, parent: str) -> bool:
        """Return whether this is that part. Where its parent is gone, some instances no longer name the parent."""
        return self.recent and self.essence == essence and self.answers in (parent, "")


def send(instance: Instance, here: Here, message: Outgoing) -> Receipt:
    """Post the parts that are missing: a reply that was tried before, or has several parts, is looked for first.

    Raise Refused when what is replied to is gone, or the reply has no recipient.
    """
    if message.media:
        _picture_limits(instance).admit(message)
    plan = _plan(instance, here, message, _parent(instance, message.in_reply_to))
    if plan.common["visibility"] == "direct":
        _check_nobody_else(plan, here)
    may_exist = datetime.now(UTC) - message.sent_at > FRESH
    receipts = _find_parts(instance, here, message, plan) if may_exist or len(plan.parts) > 1 else []
    for number in range(len(receipts), len(plan.parts)):
        key = message.key if number == 0 else f"{message.key}-{number}"
        body: dict[str, Any] = dict(plan.body(number, receipts[-1].external_id if receipts else plan.parent))
        if message.media and not number:
            body["media_ids"] = [instance.upload(one) for one in message.media]
        receipts.append(_post(instance, body, key, number))
    return receipts[0]


def find(instance: Instance, here: Here, message: Outgoing) -> Receipt | None:
    """Return the receipt; None when a part is missing, which `send` posts. Raise Uncertain when it is not clear."""
    try:
        parent = _parent(instance, message.in_reply_to)
    except Refused as error:
        if error.pause:
            raise
        parent = {}  # deleted since, but the reply may stand
    plan = _plan(instance, here, message, parent)
    receipts = _find_parts(instance, here, message, plan)
    return receipts[0] if len(receipts) == len(plan.parts) else None


def delete(instance: Instance, here: Here, message: Outgoing, key: str) -> None:
    """Delete all parts, the last one first, so that an interrupted deletion leaves the beginning."""
    for part in reversed(_with_parts(instance, here, message, key)):
        instance.delete_status(part)


def _with_parts(instance: Instance, here: Here, message: Outgoing, key: str) -> list[str]:
    """Return the ids of the first status and of those by which the city continued it.

    The first one tells under which content warning they were cut; where it is gone already, so are the others.
    """
    try:
        first = as_mapping(instance.get(status_path(key)).json())
    except Rejected as error:
        if error.status not in (400, 404, 410):
            raise
        return [key]
    plan = _plan(instance, here, message, {"spoiler_text": first.get("spoiler_text")})
    if len(plan.parts) < 2:
        return [key]
    part_ids, essences = [key], [essence(part) for part in plan.parts[1:]]
    own = [*_below(instance, here, message, key), *_own(instance, here, message)]
    for part_essence in essences:
        status = next(
            (status for status in own if status.essence == part_essence and status.answers in (part_ids[-1], "")), None
        )
        if status is None:
            break
        part_ids.append(status.receipt.external_id)
    return part_ids


def _picture_limits(instance: Instance) -> Pictures:
    limits = instance.limits()
    return replace(
        PICTURES,
        most=min(PICTURES.most, limits.pictures or PICTURES.most),
        bytes=min(PICTURES.bytes, limits.bytes or PICTURES.bytes),
    )


def _plan(instance: Instance, here: Here, message: Outgoing, parent: Mapping[str, Any]) -> Plan:
    to = _recipient(message, parent, here)
    parent_visibility = text(parent.get("visibility")) if message.in_reply_to else "public"
    private = message.visibility is Visibility.PRIVATE or parent_visibility not in ("public", "unlisted")
    visibility = "direct" if private else parent_visibility
    common = {"visibility": visibility}
    if warning := text(parent.get("spoiler_text")):
        common["spoiler_text"] = warning
    if _LANGUAGE.fullmatch(message.lang):
        common["language"] = message.lang
    return Plan(to, list(instance.text_limit(to, warning).cut(message.text)), message.in_reply_to, common)


def _parent(instance: Instance, key: str) -> Mapping[str, Any]:
    """Return the status that is replied to; empty when there is none. Raise Refused when it is gone."""
    if not key:
        return {}
    try:
        return as_mapping(instance.get(status_path(key)).json())
    except Rejected as error:
        if error.status in (400, 404, 410):
            raise Refused(PARENT_GONE) from error
        raise


def _recipient(message: Outgoing, parent: Mapping[str, Any], here: Here) -> str:
    """Return `@user@host`, without whose mention a status would not reach that person; "": a post of our own."""
    if not message.in_reply_to and not message.to.id and message.visibility is Visibility.PUBLIC:
        return ""
    try:
        return name_of(message.to, here.host)
    except BadInput:
        pass
    try:
        return account(parent, here).handle
    except Unclear:
        raise Refused(gettext_noop("Nobody is named to whom this could go.")) from None


def _check_nobody_else(plan: Plan, here: Here) -> None:
    """Raise Refused when the reply mentions another person. A name without a host is on our instance."""
    for name in {name for part in plan.parts for name in find_mentions(part)}:
        full_name = name if "@" in name[1:] else f"{name}@{here.host}"
        if full_name.lower() != plan.to.lower():
            message = gettext_noop("This reply is private, and {name} would be able to read it: leave that @ out.")
            raise Refused(message, name=name)


def _post(instance: Instance, body: Mapping[str, Any], key: str, number: int) -> Receipt:
    """Post one part. After the first part, an error can no longer mean that nothing was sent."""
    try:
        return _receipt(instance.post_status(body, key))
    except Rejected as error:
        if error.status == 404 and not number:
            raise Refused(PARENT_GONE) from error
        if number:
            message = gettext_noop("{count} parts of this reply left; the next one was refused: {told}")
            raise Refused(message, count=number, told=str(error)) from error
        raise
    except TryLater as error:
        if number:
            raise Uncertain(error.text, **error.values) from error
        raise


def _receipt(status: Any) -> Receipt:
    try:
        return Receipt(identifier(status), (text(status.get("url")) or text(status.get("uri")))[:2000])
    except Unclear as error:
        raise Uncertain(gettext_noop("The instance took it, and does not say under which id.")) from error


def _find_parts(instance: Instance, here: Here, message: Outgoing, plan: Plan) -> list[Receipt]:
    """Return the parts that are on the network, in order. Raise Uncertain.

    The statuses below the question show a part with one request. Before a part counts as missing, the city's own
    statuses are searched too: some instances show there what they do not show below.
    """
    below = _below(instance, here, message, plan.parent)
    receipts = _match_parts(below, plan)
    if len(receipts) < len(plan.parts):
        receipts = _match_parts([*below, *_own(instance, here, message)], plan, certain=True)
    return receipts


def _match_parts(own: list[_Own], plan: Plan, *, certain: bool = False) -> list[Receipt]:
    """Return the parts that are among these. Raise Uncertain when `certain` is asked for and it is not clear."""
    receipts: list[Receipt] = []
    for part in plan.parts:
        part_essence, parent = essence(part), receipts[-1].external_id if receipts else plan.parent
        receipt = next((one.receipt for one in own if one.is_it(part_essence, parent)), None)
        if receipt is None:
            if certain and any(one.answers == parent != "" and _alike(one.essence, part_essence) for one in own):
                message = gettext_noop(
                    "The city answered this on the network with something alike; whether it is this reply is not clear."
                )
                raise Uncertain(message)
            break
        receipts.append(receipt)
    return receipts


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one[:MOST_COMPARED], other[:MOST_COMPARED], autojunk=False).ratio() > LIKENESS


def _below(instance: Instance, here: Here, message: Outgoing, parent: str) -> list[_Own]:
    """Return the city's statuses below the question."""
    if not parent:
        return []
    try:
        answer = instance.get(f"{status_path(parent)}/context")
    except Rejected:
        return []
    statuses = as_mapping(answer.json()).get("descendants")
    return list(_read(statuses, here, since=_since(answer, message)))


def _own(instance: Instance, here: Here, message: Outgoing) -> list[_Own]:
    """Return the city's statuses since the reply was written. Raise Uncertain when there are too many."""
    path = f"/api/v1/accounts/{here.me}/statuses"
    statuses: dict[str, _Own] = {}
    more: dict[str, str] = {}
    for _ in range(PAGES):
        answer = instance.get(path, {"exclude_reblogs": "true", "limit": PAGE, **more})
        page = {one.receipt.external_id: one for one in _read(answer.json(), here, since=_since(answer, message))}
        news = page.keys() - statuses.keys()
        statuses |= page
        if not all(one.recent for one in page.values()) or (len(page) != PAGE and not news):
            return list(statuses.values())
        more = {"max_id": min(page, key=lambda key: page[key].at)}
    raise Uncertain(gettext_noop("The city has written too much since to look for it: look at its profile."))


def _since(answer: Answer, message: Outgoing) -> datetime:
    """Return the time on the instance's clock before which the reply was not written yet.

    A clock that seems to be ahead is ignored: it may be that of a proxy, and would hide a reply.
    """
    return message.sent_at + min(server_time(answer) - datetime.now(UTC), timedelta()) - TOLERANCE


def _read(raw: Any, here: Here, *, since: datetime) -> Iterator[_Own]:
    for status in map(as_mapping, as_list(raw)):
        try:
            at = moment(status.get("created_at"))
            if author_id(status) == here.me:
                status_essence = essence(plain(text(status.get("content"))))
                yield _Own(_receipt(status), status_essence, parent_id(status), at, at >= since)
        except Unclear:
            continue
