"""Who reads what messages mean, as the environment says; told without loading any of it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from portevoix.text.labels.encoders import installed

NOBODY, LOCAL = "no", "local"


@dataclass(frozen=True, slots=True)
class Source:
    """`encoders`: under which names its vectors are kept, none when nobody reads. `remote`: it is an endpoint."""

    name: str
    encoders: tuple[str, ...]
    remote: bool = False


def source() -> Source:
    """The one of this installation."""
    match settings.EMBEDDINGS:
        case "no":
            return Source(NOBODY, ())
        case "local":
            return Source(LOCAL, tuple(f"{name} {version}" for name, version in installed().items()))
        case address:
            name = endpoint_name(address, settings.EMBEDDINGS_MODEL)
            return Source(name, (name,), remote=True)


def endpoint_name(address: str, model: str) -> str:
    """Its host, its path and its model: whatever makes other vectors has another name."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path.rstrip('/')} {model}"
