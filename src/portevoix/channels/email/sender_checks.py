"""Result of the city's own mail server's checks of a mail's sender (RFC 8601)."""

import re
from collections.abc import Iterator

from portevoix.channels.email.body import one_line
from portevoix.channels.email.message import Mail

MOST = 50
"""Headers that are looked at: each server on the way may add one, and so may whoever wrote the mail."""
MOST_NESTED = 5
"""Comments within one another that are taken away."""
_ASIDE = re.compile(r'"(?:\\.|[^"\\])*"|\([^()"]*\)')
"""A quoted string, or a comment without one: where a sender's own words stand in what a server writes."""
_NAME = re.compile(r'\s*"?([^\s;"()]{1,255})"?[\s;(]')
_DMARC = re.compile(r";\s*dmarc\s*=\s*([a-z]{1,12})\b([^;]*)", re.IGNORECASE)
_FROM = re.compile(r"\bheader\.from\s*=\s*(?:[^\s;@]*@)?([\w.-]+)", re.IGNORECASE)
RESULTS = frozenset({"pass", "fail", "none", "temperror", "permerror"})
"""Those that a server may tell of DMARC (RFC 7489, 11.2)."""


def dmarc(message: Mail, server: str, *, sender: str) -> str:
    """Return the result of `server` for the domain of `sender`, one of RESULTS; "" when there is none.

    `sender` is the address that is shown, "" where it is not certain who sent the mail. "pass" for a domain other than
    the one that is shown does not count, nor does any "pass" where the sender is not certain.

    Anybody can write such a header: only one with the name of the city's own server is trusted, and of several the
    topmost, which came last. That server removes those that others wrote in its name (RFC 8601, 5).
    """
    if not server:
        return ""
    mine = (statement for name, statement in _headers(message) if name == server.lower())
    match = _DMARC.search(next(mine, ""))
    result = match[1].lower() if match else ""
    if match and result == "pass" and not _is_of(match[2], sender):
        return ""
    return result if result in RESULTS else ""


def _is_of(statement: str, sender: str) -> bool:
    """Return whether the result concerns the sender's domain; a server that names none checks the only one there is."""
    match = _FROM.search(statement)
    domain = sender.rpartition("@")[2].lower().strip(".")
    return bool(domain) and (match is None or match[1].lower().strip(".") == domain)


def servers(message: Mail) -> list[str]:
    """Return the names of the servers with a DMARC result, the topmost first."""
    return list(dict.fromkeys(name for name, statement in _headers(message) if _DMARC.search(statement)))


def _headers(message: Mail) -> Iterator[tuple[str, str]]:
    """Yield each header's server name, in lower case, and its statement.

    A statement that still has a quote or a bracket is malformed, and counts as empty.
    """
    for value in message.get_all("Authentication-Results", [])[:MOST]:
        statement = one_line(str(value)[:5000])
        match = _NAME.match(statement)
        for _ in range(MOST_NESTED):
            statement = _ASIDE.sub(" ", statement)
        if match:
            yield match[1].lower(), "" if re.search(r'[()"]', statement) else statement
