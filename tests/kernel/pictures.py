"""Small pictures, made here, with all that a camera writes into one."""

import base64
import struct
import zlib

SECRET = b"48.8566N 2.3522E Ana's telephone"
"""Must not leave the house."""
_ROW = bytes((37 * n * n + 11 * n) % 251 for n in range(251))  # from there on it begins anew


def png(*, width: int = 3, height: int = 2, more: bytes = b"", after: bytes = b"", noise: int = 0) -> bytes:
    """`noise`: bytes of pixels that do not compress, for a size."""
    width = max(width, noise // (3 * height))
    row = b"\0" + (_ROW * (3 * width // len(_ROW) + 1))[: 3 * width]
    image = zlib.compress(row * height, 0 if noise else 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + more + chunk(b"IDAT", image) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts + after


def chunk(name: bytes, said: bytes) -> bytes:
    return struct.pack(">I", len(said)) + name + said + struct.pack(">I", zlib.crc32(name + said))


def told_png() -> bytes:
    """A PNG that tells."""
    more = chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"eXIf", exif(6)) + chunk(b"iTXt", b"XML\0\0\0\0\0" + SECRET)
    return png(more=more + chunk(b"pHYs", struct.pack(">IIB", 3780, 3780, 1)), after=SECRET)


def exif(upright: int, order: str = ">") -> bytes:
    """A directory of two fields: which way up, and a text."""
    head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}I", 8)
    fields = struct.pack(f"{order}HHHIHH", 2, 0x0112, 3, 1, upright, 0)
    return head + fields + struct.pack(f"{order}HHII", 0x010E, 2, len(SECRET), 38) + b"\0" * 4 + SECRET


def segment(marker: int, said: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(said) + 2) + said


PIXEL = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////"
    "////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
"""One pixel as a progressive JPEG, but for its end."""


def jpeg(upright: int = 1, order: str = ">", after: bytes = b"") -> bytes:
    """`upright` 1 to 8 as Exif counts; with comment, IPTC, XMP and a thumbnail."""
    told = segment(0xE1, b"Exif\0\0" + exif(upright, order)) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)
    told += segment(0xED, b"Photoshop 3.0\0" + SECRET) + segment(0xFE, SECRET) + segment(0xE0, b"JFXX\0" + SECRET)
    profile = segment(0xE2, b"ICC_PROFILE\0\1\1colours") + segment(0xE2, b"MPF\0" + SECRET)
    return PIXEL[:20] + told + profile + PIXEL[20:] + b"\xff\xd9" + after


def webp(upright: int = 6) -> bytes:
    still = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")[12:]
    extended = struct.pack("<B3x", 0x0C) + (0).to_bytes(3, "little") * 2
    parts = (b"VP8X", extended), (b"EXIF", exif(upright)), (b"XMP ", SECRET), (b"Ana!", SECRET)
    body = b"".join(name + struct.pack("<I", len(said)) + said + b"\0" * (len(said) % 2) for name, said in parts[:1])
    body += still
    body += b"".join(name + struct.pack("<I", len(said)) + said + b"\0" * (len(said) % 2) for name, said in parts[1:])
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body + SECRET


def gif() -> bytes:
    still = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")
    loop = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    told = b"!\xfe" + bytes([len(SECRET)]) + SECRET + b"\0"
    told += b"!\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0"
    return still[:19] + loop + told + still[19:] + SECRET


EVERY = {"jpeg": jpeg(), "jpeg turned": jpeg(6, "<"), "png": told_png(), "webp": webp(), "gif": gif()}
