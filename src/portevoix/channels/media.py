"""Pictures that the city sends: their type and size, and the removal of what the camera wrote into them.

The pixels stay as they are, byte for byte. Everything that says where, when, by whom and with what a picture was made
is removed: Exif with its GPS position, XMP, IPTC, comments, thumbnails, and whatever follows the picture's end. Only
what the picture needs to look right stays: colour profile, resolution, animation, and orientation.
"""

import struct
from collections.abc import Iterator
from typing import Final

from portevoix.kernel.display_names import plain_name
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment

TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/gif")
MOST_BYTES: Final = 5_000_000
"""Of one picture, whatever the network: what is kept here is kept in the database."""
MOST_ALT: Final = 1000
_MOST_NAME: Final = 200
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD"}
    | {b"pHYs", b"acTL", b"fcTL", b"fdAT"}
)
_WEBP_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_GIF_KEPT: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_EXIF: Final = b"Exif\0\0"
_ORIENTATION: Final = 0x0112


class _Damaged(ValueError):
    """The picture is cut off, or does not follow its format."""


def prepare_picture(name: str, content: bytes, alt: str) -> Attachment:
    """Prepare a picture that a colleague chose for sending. Raise BadInput with what to do."""
    name = plain_name(" ".join(name.replace("\\", "/").rpartition("/")[2].split()))[-_MOST_NAME:] or "picture"
    check_size(name, len(content))
    kind = type_of(content)
    if not kind:
        raise BadInput(gettext_noop("“{name}” is no picture that networks take: JPEG, PNG, WebP or GIF."), name=name)
    try:
        return Attachment(name, kind, strip_metadata(content), clean_description(alt))
    except _Damaged as error:
        raise BadInput(gettext_noop("“{name}” is damaged: it cannot be read to its end."), name=name) from error


def check_size(name: str, size: int) -> None:
    """Raise BadInput for a file that is empty, or larger than any picture may be."""
    if not size:
        raise BadInput(gettext_noop("“{name}” is empty. Choose another file."), name=name)
    if size > MOST_BYTES:
        raise BadInput(
            gettext_noop("“{name}” has {size} MB; {most} MB is the most. Make it smaller, then attach it again."),
            name=name,
            size=megabytes(size),
            most=megabytes(MOST_BYTES),
        )


def clean_description(alt: str) -> str:
    """Return an alternative text on one line. Raise BadInput when it is too long."""
    alt = " ".join(alt.replace("\0", "").split())
    if len(alt) > MOST_ALT:
        raise BadInput(
            gettext_noop("A description has {count} characters; {most} is the most."), count=len(alt), most=MOST_ALT
        )
    return alt


def megabytes(size: int) -> float:
    """Return the size in MB, rounded up to one decimal place: 1, 3.2."""
    tenths = -(-size // 100_000)
    return tenths / 10 if tenths % 10 else tenths // 10


def type_of(content: bytes) -> str:
    """Return the type by the first bytes, whatever the file's name says; "" for none of `TYPES`."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(_PNG):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "image/gif" if content[:6] in (b"GIF87a", b"GIF89a") else ""


def strip_metadata(content: bytes) -> bytes:
    """Return the picture without what says where, when, by whom and with what it was made.

    Applied twice it changes nothing more. Raise ValueError for a damaged picture.
    """
    match type_of(content):
        case "image/jpeg":
            return _jpeg(content)
        case "image/png":
            return _png(content)
        case "image/webp":
            return _webp(content)
        case "image/gif":
            return _gif(content)
        case _:
            raise _Damaged


def size_of(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels, as they are stored; None when the picture does not say."""
    try:
        match type_of(content):
            case "image/jpeg":
                return _jpeg_size(content)
            case "image/png":
                return struct.unpack_from(">II", content, 16)
            case "image/gif":
                return struct.unpack_from("<HH", content, 6)
            case "image/webp":
                return _webp_size(content)
    except (_Damaged, struct.error, IndexError):
        pass
    return None


def _take(content: bytes, start: int, count: int) -> bytes:
    if count < 0 or start + count > len(content):
        raise _Damaged
    return content[start : start + count]


# JPEG (ITU-T T.81, annex B): segments until the scan, the scan's data, and so on until the end.


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker with its whole segment, a scan with its data; end with EOI."""
    at = 2
    while True:
        if _take(content, at, 2)[0] != 0xFF:
            raise _Damaged
        marker = content[at + 1]
        if marker == 0xFF:  # a byte that fills up
            at += 1
            continue
        if marker == 0xD9:
            yield marker, b"\xff\xd9"
            return
        length = int.from_bytes(_take(content, at + 2, 2))
        if length < 2:
            raise _Damaged
        end = at + 2 + length
        if marker == 0xDA:
            end = _after_scan(content, end)
        yield marker, _take(content, at, end - at)
        at = end


def _after_scan(content: bytes, at: int) -> int:
    """Return the position of the next marker that neither belongs to the data nor restarts it."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise _Damaged
        if content[at + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
            return at
        at += 1 if content[at + 1] == 0xFF else 2


def _jpeg(content: bytes) -> bytes:
    parts, upright = [b"\xff\xd8"], 1
    for marker, segment in _segments(content):
        payload = segment[4:]
        if marker == 0xE1 and payload.startswith(_EXIF):
            upright = _orientation(payload[len(_EXIF) :])
        if marker in range(0xE0, 0xF0) or marker == 0xFE:
            if not _affects_look(marker, payload):
                continue
        elif upright > 1:
            parts.append(_exif_segment(upright))
            upright = 1
        parts.append(segment)
    return b"".join(parts)


def _affects_look(marker: int, payload: bytes) -> bool:
    """Return whether a segment is JFIF, the colour profile or Adobe's colours, which change how the picture looks."""
    signatures = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
    return marker in signatures and payload.startswith(signatures[marker])


def _exif_segment(upright: int) -> bytes:
    payload = _EXIF + _tiff(upright)
    return b"\xff\xe1" + (len(payload) + 2).to_bytes(2) + payload


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    for marker, segment in _segments(content):
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", segment, 5)
            return width, height
    return None


# Which way up: one field of Exif's first directory (TIFF 6.0), and a directory of that field alone.


def _orientation(tiff: bytes) -> int:
    """Return the orientation, 1 to 8; 1 (upright) where it is missing or cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order:
            start = struct.unpack_from(f"{order}I", tiff, 4)[0]
            for number in range(struct.unpack_from(f"{order}H", tiff, start)[0]):
                tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
                if tag == _ORIENTATION and kind == 3 and 1 <= value <= 8:
                    return int(value)
    except struct.error:
        pass
    return 1


def _tiff(upright: int) -> bytes:
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, upright, 0, 0)


# PNG (third edition): chunks of length, name, data and checksum.


def _png(content: bytes) -> bytes:
    parts, at = [_PNG], len(_PNG)
    while True:
        length = int.from_bytes(_take(content, at, 4))
        name, chunk = _take(content, at + 4, 4), _take(content, at, 12 + length)
        if name in _PNG_KEPT:
            parts.append(chunk)
        if name == b"IEND":
            return b"".join(parts)
        at += 12 + length


# WebP (RFC 9649): a RIFF file of chunks, each of an even length.


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    end, at = 8 + int.from_bytes(_take(content, 4, 4), "little"), 12
    if end > len(content):
        raise _Damaged
    while at + 8 <= end:
        length = int.from_bytes(_take(content, at + 4, 4), "little")
        yield content[at : at + 4], _take(content, at + 8, length)
        at += 8 + length + length % 2


def _webp(content: bytes) -> bytes:
    parts, upright = [], 1
    for name, payload in _chunks(content):
        if name == b"EXIF":
            upright = _orientation(payload.removeprefix(_EXIF))
        elif name in _WEBP_KEPT:
            parts.append((name, payload))
    if not parts:
        raise _Damaged
    if parts[0][0] == b"VP8X" and parts[0][1]:
        flags = parts[0][1][0] & ~0x0C | (0x08 if upright > 1 else 0)  # without Exif and XMP
        parts[0] = b"VP8X", bytes([flags]) + parts[0][1][1:]
        if upright > 1:
            parts.append((b"EXIF", _tiff(upright)))
    body = b"".join(n + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2) for n, payload in parts)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _webp_size(content: bytes) -> tuple[int, int] | None:
    for name, payload in _chunks(content):
        if name == b"VP8X":
            return 1 + int.from_bytes(payload[4:7], "little"), 1 + int.from_bytes(payload[7:10], "little")
        if name == b"VP8L":
            bits = int.from_bytes(payload[1:5], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        if name == b"VP8 ":
            width, height = struct.unpack_from("<HH", payload, 6)
            return width & 0x3FFF, height & 0x3FFF
    return None


# GIF89a: a screen, then extensions and images, each in blocks of up to 255 bytes.


def _gif(content: bytes) -> bytes:
    at = 13 + _colours(_take(content, 10, 1)[0])
    parts = [_take(content, 0, at)]
    while True:
        start, kind = at, _take(content, at, 1)[0]
        if kind == 0x3B:
            return b"".join((*parts, b";"))
        if kind == 0x2C:
            at += 10 + _colours(_take(content, at + 9, 1)[0]) + 1
            is_needed = True
        elif kind == 0x21:
            label, application = _take(content, at + 1, 1)[0], content[at + 3 : at + 14]
            is_needed = label in (0x01, 0xF9) or (label == 0xFF and application in _GIF_KEPT)
            at += 2
        else:
            raise _Damaged
        at = _after_blocks(content, at)
        if is_needed:
            parts.append(content[start:at])


def _colours(flags: int) -> int:
    """Return the number of bytes of the colour table that follows."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while length := _take(content, at, 1)[0]:
        at += 1 + length
    return at + 1
