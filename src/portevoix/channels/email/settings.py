"""Settings of a mailbox; the settings page is drawn from these."""

import re
import ssl
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from typing import Any

from portevoix.channels.base import Knob
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.i18n import gettext_noop

TLS = "tls"
STARTTLS = "starttls"
NONE = "none"
SECURITIES = (TLS, STARTTLS, NONE)
_CONTROL = re.compile("[\0-\x1f\x7f\x85\u2028\u2029]")

_SECURITY = gettext_noop(
    "“tls” from the first byte, “starttls” after a greeting in the open; “none” only for a server on this machine."
)
_INCOMING = gettext_noop("Incoming mail (IMAP)")
_OUTGOING = gettext_noop("Outgoing mail (SMTP)")
_BOTH = gettext_noop("Sender and certificates")


def _ask(group: str, label: str, help: str = "", **more: Any) -> dict[str, Knob]:
    return {"knob": Knob(label, help, group=group, **more)}


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """Outgoing mail. Raises BadInput for an unknown security, for “none” on another machine, for a line break."""

    smtp_host: str = field(metadata=_ask(_OUTGOING, gettext_noop("Outgoing server")))
    smtp_port: int = field(default=465, metadata=_ask(_OUTGOING, gettext_noop("Outgoing port")))
    smtp_security: str = field(
        default=TLS, metadata=_ask(_OUTGOING, gettext_noop("Outgoing security"), _SECURITY, choices=SECURITIES)
    )
    smtp_user: str = field(
        default="", metadata=_ask(_OUTGOING, gettext_noop("Outgoing user"), gettext_noop("Empty: without signing in."))
    )
    smtp_password: str = field(
        default="", repr=False, metadata=_ask(_OUTGOING, gettext_noop("Outgoing password"), secret=True)
    )
    from_name: str = field(
        default="",
        metadata=_ask(_BOTH, gettext_noop("Sender's name"), gettext_noop("As citizens see it: “Town of Valmont”.")),
    )
    ca_file: str = field(
        default="",
        metadata=_ask(
            _BOTH,
            gettext_noop("Certificates"),
            gettext_noop(
                "A file of certificates to trust instead of the system's, for a server with a certificate of your own. "
                "Certificates are always verified."
            ),
        ),
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            _check_line(getattr(self, each.name))
        check_security(self.smtp_security, self.smtp_host)


@dataclass(frozen=True, kw_only=True)
class ImapSettings:
    """Incoming mail. Reading marks nothing and deletes nothing."""

    imap_host: str = field(metadata=_ask(_INCOMING, gettext_noop("Incoming server")))
    imap_port: int = field(default=993, metadata=_ask(_INCOMING, gettext_noop("Incoming port")))
    imap_security: str = field(
        default=TLS, metadata=_ask(_INCOMING, gettext_noop("Incoming security"), _SECURITY, choices=SECURITIES)
    )
    imap_user: str = field(metadata=_ask(_INCOMING, gettext_noop("Incoming user")))
    imap_password: str = field(repr=False, metadata=_ask(_INCOMING, gettext_noop("Incoming password"), secret=True))
    mailbox: str = field(
        default="INBOX",
        metadata=_ask(
            _INCOMING,
            gettext_noop("Mailbox"),
            gettext_noop("Read from thirty days before its newest mail on; nothing in it is marked, moved or deleted."),
        ),
    )
    sender_checks: str = field(
        default="",
        metadata=_ask(
            _INCOMING,
            gettext_noop("Server that checks senders"),
            gettext_noop(
                "The name with which your mail server begins Authentication-Results, where it writes what it found of "
                "a sender (DMARC): mx.valmont.example. Empty: nobody's word is taken. “Test” tells the names it sees."
            ),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class EmailSettings(SmtpSettings, ImapSettings):
    """Settings of a mailbox: first incoming, then outgoing mail, in the order of the form."""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_security(self.imap_security, self.imap_host)


def _check_line(value: object) -> None:
    """Raise BadInput for a line break: mail servers read commands by the line, and it would begin another one."""
    if isinstance(value, str) and _CONTROL.search(value):
        raise BadInput(gettext_noop("A setting holds a line break or another invisible character. Write it anew."))


def check_security(security: str, host: str) -> None:
    """Raises BadInput unless `security` is known and, for “none”, `host` is this machine."""
    if security not in SECURITIES:
        raise BadInput(gettext_noop("The security is tls, starttls or none, not “{value}”."), value=security)
    if security == NONE and not _is_loopback(host):
        raise BadInput(
            gettext_noop("Passwords and mails would cross the network unprotected to {host}. Choose tls or starttls."),
            host=host,
        )


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Return a context that always verifies certificate and name. Raise Refused when `ca_file` is unusable."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ValueError) as error:
        raise Refused(
            gettext_noop("The file of certificates {file} cannot be used: {why}."),
            pause=True,
            file=ca_file,
            why=str(error),
        ) from error


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
