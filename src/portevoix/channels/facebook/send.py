"""Sending replies: in public under a comment, in private to its author, and in private messages within their window.

Meta takes no key that would identify a reply: see `find`.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from portevoix.channels.base import STAYS
from portevoix.channels.facebook.direct_messages import WITH
from portevoix.channels.facebook.graph import Graph, Said
from portevoix.channels.facebook.pending_sends import doubted
from portevoix.channels.facebook.values import Here, Unclear, identifier, is_public
from portevoix.kernel.errors import Refused, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Outgoing, Receipt, Visibility

_WINDOW: Final = frozenset({(10, 2018278), (10, 2534022), (10, 2018065)})
_ONCE: Final = 10900
_ONCE_TOO: Final = 2534025
_LATE: Final = frozenset({10901, 10903})
ABSENT: Final = frozenset({(100, 33), (100, 2018001)})
NUMBER = re.compile(r"[0-9]{1,32}")


def send(graph: Graph, here: Here, message: Outgoing, *, human_agent: bool) -> Receipt:
    """Send a reply. Raise Refused, with what to do, where the network's rules or windows do not allow it."""
    if not message.text.strip():
        raise Refused(gettext_noop("The reply is empty."))
    try:
        if message.visibility is Visibility.PUBLIC:
            return _public(graph, here, message)
        if is_public(message.in_reply_to):
            return _private_reply(graph, here, message)
        return _letter(graph, message, human_agent=human_agent)
    except Uncertain:
        doubted(message.key)
        raise


def _public(graph: Graph, here: Here, message: Outgoing) -> Receipt:
    edge = "comments" if here.channel == "facebook" else "replies"
    try:
        answer = graph.post(f"/{under(message)}/{edge}", {"message": message.text})
    except Said as error:
        raise _explain(error) from error
    key = _created_id(answer.get("id"))
    return Receipt(key, f"https://www.facebook.com/{key}" if here.channel == "facebook" else "")


def under(message: Outgoing) -> str:
    """Return the comment to reply under: the first of its thread, as Meta puts answers to answers there."""
    key = message.references[0] if message.references and is_public(message.references[0]) else message.in_reply_to
    if not is_public(key):
        raise Refused(gettext_noop("Nothing public is answered here: only comments, and posts by visitors, can be."))
    return key


def _private_reply(graph: Graph, here: Here, message: Outgoing) -> Receipt:
    """Send to the author of a comment, or of a post, whose id begins with the page's."""
    kind = "post_id" if message.in_reply_to.startswith(f"{here.me}_") else "comment_id"
    return _send_message(graph, {"recipient": {kind: message.in_reply_to}, "message": {"text": message.text}})


def _letter(graph: Graph, message: Outgoing, *, human_agent: bool) -> Receipt:
    """Send as a response; after that window, as a colleague's answer, if the app may."""
    body = {"recipient": {"id": recipient(message)}, "message": {"text": message.text}}
    try:
        return _send_message(graph, {**body, "messaging_type": "RESPONSE"})
    except _Closed:
        if not human_agent:
            raise
    return _send_message(graph, {**body, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"})


def recipient(message: Outgoing) -> str:
    """Return the id of the other person of the conversation, whose first message may be the city's own."""
    key = message.thread.removeprefix(WITH) if message.thread.startswith(WITH) else message.to.id
    if not NUMBER.fullmatch(key):
        raise Refused(gettext_noop("Meta does not tell who wrote this: nobody can be written to in private."))
    return key


def _send_message(graph: Graph, body: Mapping[str, Any]) -> Receipt:
    try:
        answer = graph.post("/me/messages", body)
    except Said as error:
        raise _explain(error) from error
    return Receipt(_created_id(answer.get("message_id")))


def delete(graph: Graph, message: Outgoing, external_id: str) -> None:
    """Delete a comment of the city's. Raise Refused, with what to do, for a private message: Meta keeps these."""
    if message.visibility is Visibility.PRIVATE or not is_public(external_id):
        raise Refused(STAYS)
    try:
        is_deleted = graph.delete(f"/{external_id}")
    except Said as error:
        if (error.code, error.subcode) not in ABSENT:
            raise
        is_deleted = _is_gone(graph, external_id)
    if not is_deleted:
        raise Refused(gettext_noop("Meta does not let this be deleted from here. Delete it there, by hand."))


def _is_gone(graph: Graph, key: str) -> bool:
    """Return whether it is missing: Meta answers the same when we may not delete it."""
    try:
        graph.get(f"/{key}", fields="id")
    except Said as error:
        return (error.code, error.subcode) in ABSENT
    return False


class _Closed(Refused):
    """The window for private messages is over."""


def _explain(error: Said) -> Refused:
    """Return the network's rule with what to do; in all other cases, the error itself."""
    if (error.code, error.subcode) in _WINDOW:
        return _Closed(
            gettext_noop(
                "The time in which this person may be answered in private is over: a day after their last message, or "
                "seven days with “Human Agent”. Answer in public, or wait until they write again."
            )
        )
    if error.code == _ONCE or error.subcode == _ONCE_TOO:
        return Refused(gettext_noop("This comment was answered in private before, which Meta allows once."))
    if error.code in _LATE:
        return Refused(
            gettext_noop("A comment can be answered in private within seven days, and only once. Answer it in public.")
        )
    if error.code == 551:
        return Refused(gettext_noop("This person takes no private messages. Answer in public."))
    if (error.code, error.subcode) in ABSENT:
        return Refused(gettext_noop("What is answered is not there any more, or this page may not see it."))
    return error


def _created_id(value: Any) -> str:
    """Return the id of what was created. Raise Uncertain when only its id was lost."""
    try:
        return identifier(value)
    except Unclear as error:
        raise Uncertain(gettext_noop("Meta took the reply without saying under which id.")) from error
