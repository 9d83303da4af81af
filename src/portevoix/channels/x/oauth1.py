"""The signature of OAuth 1.0a (RFC 5849, HMAC-SHA1) over one request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from oauthlib.oauth1 import Client


@dataclass(frozen=True, slots=True)
class Keys:
    """The application's pair and the pair of the account that it acts for."""

    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_secret: str = field(repr=False)


def header(method: str, url: str, parameters: Mapping[str, str], keys: Keys, *, nonce: str, seconds: int) -> str:
    """Return the `Authorization` header. `url` has no query; a JSON body is not signed (RFC 5849, 3.4.1.3)."""
    pairs = (keys.api_key, keys.api_secret, keys.access_token, keys.access_secret)
    client = Client(*pairs, nonce=nonce, timestamp=str(seconds))
    _, headers, _ = client.sign(f"{url}?{urlencode(parameters, quote_via=quote)}", method)
    return str(headers["Authorization"])
