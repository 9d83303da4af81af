"""The source of embeddings that the environment names; found out without loading any encoder."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from portevoix.text.labels.encoders import installed

NOBODY, LOCAL = "no", "local"


@dataclass(frozen=True, slots=True)
class Source:
    """`encoders`: the names under which its vectors are stored, none without embeddings. `remote`: an endpoint."""

    name: str
    encoders: tuple[str, ...]
    remote: bool = False


def source() -> Source:
    """Return the source of this installation."""
    match settings.EMBEDDINGS:
        case "no":
            return Source(NOBODY, ())
        case "local":
            return Source(LOCAL, tuple(f"{name} {version}" for name, version in installed().items()))
        case address:
            name = endpoint_name(address, settings.EMBEDDINGS_MODEL)
            return Source(name, (name,), remote=True)


def endpoint_name(address: str, model: str) -> str:
    """Return the endpoint's host, path and model as a name, which differs wherever the vectors do."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path.rstrip('/')} {model}"
