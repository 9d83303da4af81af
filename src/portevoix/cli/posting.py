"""Reads the input of `portevoix channels post`: text, pictures with descriptions, and the post's key."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from portevoix.channels.media import check_size, picture
from portevoix.kernel.errors import BadInput
from portevoix.kernel.messages import Attachment


def pictures(images: Sequence[str], alts: Sequence[str]) -> tuple[Attachment, ...]:
    """Return an attachment for each file, with its description. Raises BadInput."""
    if len(images) != len(alts):
        raise BadInput(
            "Say with --alt what each --image shows: {images} pictures, {alts} descriptions.",
            images=len(images),
            alts=len(alts),
        )
    return tuple(picture(Path(path).name, _read(Path(path)), alt) for path, alt in zip(images, alts, strict=True))


def key_of(text: str, attachments: Sequence[Attachment], word: str) -> str:
    """Return the key of a post: the same for the same content; another `word` makes another post of it."""
    digest = hashlib.sha256(f"{word}\0{text}".encode("utf-8", "replace"))
    for one in attachments:
        digest.update(hashlib.sha256(one.content).digest() + hashlib.sha256(one.alt.encode()).digest())
    return digest.hexdigest()


def _read(path: Path) -> bytes:
    try:
        check_size(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise BadInput("{path} cannot be read: {why}.", path=str(path), why=error.strerror or str(error)) from error
