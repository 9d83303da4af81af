"""Mails as real programs write them: what several tests of the e-mail channel read."""

from datetime import UTC, datetime
from pathlib import Path

from portevoix.channels.email import parse_mail
from portevoix.kernel.messages import Incoming

ACCOUNT = "contact@ville.test"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MAILS = Path(__file__).parent / "mails"


def mail(body: str | bytes = "Bonjour", *, charset: str = "utf-8", **headers: str) -> bytes:
    """A mail of one text part. `headers` add to, replace or (with "") remove the usual ones; `_` stands for `-`."""
    usual = {
        "Return-Path": "<ana@citoyen.test>",
        "From": "Ana Bel <ana@citoyen.test>",
        "To": ACCOUNT,
        "Subject": "Lampadaire",
        "Date": "Mon, 02 Mar 2026 09:59:00 +0100",
        "Message-ID": "<m1@citoyen.test>",
        "MIME-Version": "1.0",
        "Content-Type": f"text/plain; charset={charset}",
        "Content-Transfer-Encoding": "8bit",
    }
    usual |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in usual.items() if value)
    return head.encode() + b"\r\n" + (body if isinstance(body, bytes) else body.encode())


def parts(*inside: str | bytes, kind: str = "mixed", **headers: str) -> bytes:
    """A multipart mail; each part is given with its own headers, an empty line and its body."""
    pieces = [part if isinstance(part, bytes) else part.encode() for part in inside]
    body = b"".join(b"--BOUND\r\n" + piece + b"\r\n" for piece in pieces) + b"--BOUND--\r\n"
    return mail(body, Content_Type=f'multipart/{kind}; boundary="BOUND"', **headers)


def read(raw: bytes, account: str = ACCOUNT) -> Incoming:
    return parse_mail(raw, account=account, received_at=NOW)


def shelf(name: str) -> Incoming:
    """One of the whole mails in `mails/`."""
    return read((MAILS / f"{name}.eml").read_bytes())
