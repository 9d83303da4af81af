"""Answers of the server before a page is called: too large, too slow, too many at once. In both languages."""

from dataclasses import dataclass, field
from http import HTTPStatus

RETRY_SECONDS = 10


class RequestRefused(Exception):
    """A request that reaches no page; `status` is that of the answer."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: none of it waits for the client."""

    status: int
    headers: list[tuple[bytes, bytes]]
    parts: list[bytes] = field(default_factory=list)


_TEXTS = {
    HTTPStatus.BAD_REQUEST: ("Cette requête est illisible.", "This request cannot be read."),
    HTTPStatus.REQUEST_TIMEOUT: (
        "L’envoi a été trop lent et n’a pas pu être reçu en entier. Vérifiez votre connexion, puis recommencez.",
        "What was sent came too slowly to be received whole. Check your connection, then try again.",
    ),
    HTTPStatus.CONTENT_TOO_LARGE: (
        "L’envoi dépasse la taille admise ici. Réduisez les fichiers joints ou le texte, puis recommencez.",
        "This is more than any page here takes. Send fewer or smaller files, or a shorter text.",
    ),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "Cette requête a trop d’en-têtes. Effacez les cookies de ce site, puis recommencez.",
        "This request has too many headers. Clear this site’s cookies, then try again.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Trop de connexions sont demandées en ce moment. Patientez quelques secondes, puis recommencez.",
        "Too many sign-ins are being tried at this moment. Wait a few seconds, then try again.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "Le service reçoit trop de demandes en ce moment. Patientez quelques secondes, puis recommencez.",
        "The service receives too many requests at this moment. Wait a few seconds, then try again.",
    ),
}
_PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{french}</title></head>
<body><main><p>{french}</p><p lang="en">{english}</p></main></body></html>
"""


def refusal(status: HTTPStatus) -> Answer:
    """Return the page that gives the reason and, where waiting helps, how long to wait."""
    french, english = _TEXTS[status]
    body = _PAGE.format(french=french, english=english).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),  # what is still to come of the body is not read
    ]
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers.append((b"retry-after", str(RETRY_SECONDS).encode()))
    return Answer(status, headers, [body])
