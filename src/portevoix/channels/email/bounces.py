"""A mail server's report that a mail of ours did not arrive (RFC 3464, RFC 6522)."""

import re
from collections.abc import Iterator

from portevoix.channels.email.body import header
from portevoix.channels.email.message import Mail, read_mail
from portevoix.kernel.messages import Bounce

OUR_MARK = "X-Portevoix-Key"
MOST_WHY = 500
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_OF_KIND = re.compile(r"^[\w-]+\s*;\s*")
"""“smtp; 550 …”, “rfc822; ana@citoyen.test”: who says it, or what sort of address it is."""


def read_bounce(message: Mail) -> Bounce | None:
    """Return which mail bounced and why; None when it is no such report, or about a mail that Portevoix did not send.

    A report of a delay does not count: the server keeps trying.
    """
    if not message.is_multipart():
        return None
    parts = [part for part in message.get_payload() if isinstance(part, Mail)]
    mail = next(_mails(parts), None)
    key = header(mail, OUR_MARK, 200) if mail is not None else ""
    failure = next(_failures(parts), None) if key else None
    if failure is not None:
        why = header(failure, "Diagnostic-Code", MOST_WHY) or header(failure, "Status", MOST_WHY)
        status = header(failure, "Status", 20).partition(" ")[0]
        return Bounce(key, _bare(header(failure, "Final-Recipient", 320)), _bare(why), status)
    to = header(message, "X-Failed-Recipients", 320)
    if key and to and not any(part.get_content_type() in _REPORTS for part in parts):
        return Bounce(key, to, header(message, "Subject"))
    return None


def returned_id(message: Mail) -> str:
    """Return the Message-ID header of the returned mail; "" when there is none."""
    parts = [part for part in message.get_payload() if isinstance(part, Mail)]
    mail = next(_mails(parts), None)
    return header(mail, "Message-ID") if mail is not None else ""


def _mails(parts: list[Mail]) -> Iterator[Mail]:
    """Yield the returned mails, or their headers alone."""
    for part in parts:
        if part.get_content_type() not in _RETURNED_TYPES:
            continue
        inside = part.get_payload()
        if isinstance(inside, list):
            yield from (mail for mail in inside[:1] if isinstance(mail, Mail))
        else:
            raw = part.get_payload(decode=True)
            yield read_mail(raw if isinstance(raw, bytes) else b"")


def _failures(parts: list[Mail]) -> Iterator[Mail]:
    """Yield the report's groups of fields, one per recipient, that report a final failure."""
    for part in parts:
        groups = part.get_payload() if part.get_content_type() in _REPORTS else []
        for group in groups if isinstance(groups, list) else []:
            if isinstance(group, Mail) and header(group, "Action").lower() == "failed":
                yield group


def _bare(text: str) -> str:
    return _OF_KIND.sub("", text)
