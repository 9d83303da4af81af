"""What the city's own mail server found of a mail's sender (RFC 8601)."""

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
    """What `server` tells of the domain of `sender`, one of RESULTS; "" when it tells nothing of it.

    `sender` is the address that is shown, "" where it is not certain who sent the mail. "pass" of another domain than
    the one that is shown says nothing of that one; so does any "pass" where nothing is certain.

    Anybody can write such a header: only one that bears the name of the city's own server is believed, and of several
    the topmost, which came last. That server takes away those that others wrote in its name (RFC 8601, 5).
    """
    if not server:
        return ""
    mine = (told for name, told in _headers(message) if name == server.lower())
    found = _DMARC.search(next(mine, ""))
    result = found[1].lower() if found else ""
    if found and result == "pass" and not _is_of(found[2], sender):
        return ""
    return result if result in RESULTS else ""


def _is_of(told: str, sender: str) -> bool:
    """Whether what was found is of the sender's domain; a server that names none looks at the only one there is."""
    named = _FROM.search(told)
    domain = sender.rpartition("@")[2].lower().strip(".")
    return bool(domain) and (named is None or named[1].lower().strip(".") == domain)


def servers(message: Mail) -> list[str]:
    """The names of those that tell something of DMARC, the topmost first."""
    return list(dict.fromkeys(name for name, told in _headers(message) if _DMARC.search(told)))


def _headers(message: Mail) -> Iterator[tuple[str, str]]:
    """Each header's name of a server, in small letters, and what it tells in its own words.

    What still has a quote or a bracket then is not written as it should be, and tells nothing.
    """
    for value in message.get_all("Authentication-Results", [])[:MOST]:
        told = one_line(str(value)[:5000])
        named = _NAME.match(told)
        for _ in range(MOST_NESTED):
            told = _ASIDE.sub(" ", told)
        if named:
            yield named[1].lower(), "" if re.search(r'[()"]', told) else told
