"""The signature of OAuth 1.0a (RFC 5849, HMAC-SHA1) over one request."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Keys:
    """The application's pair and the pair of the account that it acts for."""

    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_secret: str = field(repr=False)


def header(method: str, url: str, parameters: Mapping[str, str], keys: Keys, *, nonce: str, seconds: int) -> str:
    """Return the `Authorization` header. `url` has no query; a JSON body is not signed (RFC 5849, 3.4.1.3)."""
    oauth = {
        "oauth_consumer_key": keys.api_key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(seconds),
        "oauth_token": keys.access_token,
        "oauth_version": "1.0",
    }
    oauth["oauth_signature"] = signature(method, url, [*parameters.items(), *oauth.items()], keys)
    return "OAuth " + ", ".join(
        f'{_percent_encode(name)}="{_percent_encode(value)}"' for name, value in sorted(oauth.items())
    )


def signature(method: str, url: str, parameters: list[tuple[str, str]], keys: Keys) -> str:
    """Return the HMAC, in base64, over the request with all its parameters."""
    pairs = sorted((_percent_encode(name), _percent_encode(value)) for name, value in parameters)
    query = "&".join(f"{name}={value}" for name, value in pairs)
    text = "&".join((method.upper(), _percent_encode(_plain(url)), _percent_encode(query)))
    key = f"{_percent_encode(keys.api_secret)}&{_percent_encode(keys.access_secret)}"
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _plain(url: str) -> str:
    """Return the address with scheme and host in lower case, without a default port (RFC 5849, 3.4.1.2)."""
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port and parts.port != usual else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def _percent_encode(text: str) -> str:
    return quote(text, safe="-._~")
