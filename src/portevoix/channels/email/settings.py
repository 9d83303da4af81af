"""How a mailbox is reached; the settings page is drawn from these."""

import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address

from portevoix.channels.base import Knob
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.i18n import gettext_noop

TLS = "tls"
STARTTLS = "starttls"
NONE = "none"
SECURITIES = (TLS, STARTTLS, NONE)

_SECURITY = gettext_noop(
    "“tls” from the first byte, “starttls” after a greeting in the open; “none” only for a server on this machine."
)
_KNOBS = {
    "imap_host": Knob(gettext_noop("Incoming server (IMAP)")),
    "imap_port": Knob(gettext_noop("Incoming port")),
    "imap_security": Knob(gettext_noop("Incoming security"), _SECURITY, choices=SECURITIES),
    "imap_user": Knob(gettext_noop("Incoming user")),
    "imap_password": Knob(gettext_noop("Incoming password"), secret=True),
    "mailbox": Knob(
        gettext_noop("Mailbox"),
        gettext_noop("Read from thirty days before its newest mail on; nothing in it is marked, moved or deleted."),
    ),
    "smtp_host": Knob(gettext_noop("Outgoing server (SMTP)")),
    "smtp_port": Knob(gettext_noop("Outgoing port")),
    "smtp_security": Knob(gettext_noop("Outgoing security"), _SECURITY, choices=SECURITIES),
    "smtp_user": Knob(gettext_noop("Outgoing user"), gettext_noop("Empty: without signing in.")),
    "smtp_password": Knob(gettext_noop("Outgoing password"), secret=True),
    "from_name": Knob(gettext_noop("Sender's name"), gettext_noop("As citizens see it: “Town of Valmont”.")),
    "ca_file": Knob(
        gettext_noop("Certificates"),
        gettext_noop(
            "A file of certificates to trust instead of the system's, for a server with a certificate of your own. "
            "Certificates are always verified."
        ),
    ),
}


def _knob(name: str) -> dict[str, Knob]:
    return {"knob": _KNOBS[name]}


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """How mail leaves. Raises BadInput for an unknown security, and for “none” on another machine."""

    smtp_host: str = field(metadata=_knob("smtp_host"))
    smtp_port: int = field(default=465, metadata=_knob("smtp_port"))
    smtp_security: str = field(default=TLS, metadata=_knob("smtp_security"))
    smtp_user: str = field(default="", metadata=_knob("smtp_user"))
    smtp_password: str = field(default="", repr=False, metadata=_knob("smtp_password"))
    from_name: str = field(default="", metadata=_knob("from_name"))
    ca_file: str = field(default="", metadata=_knob("ca_file"))

    def __post_init__(self) -> None:
        check_security(self.smtp_security, self.smtp_host)


@dataclass(frozen=True, kw_only=True)
class EmailSettings(SmtpSettings):
    """How mail leaves and how it is read. Reading marks nothing and deletes nothing."""

    imap_host: str = field(metadata=_knob("imap_host"))
    imap_port: int = field(default=993, metadata=_knob("imap_port"))
    imap_security: str = field(default=TLS, metadata=_knob("imap_security"))
    imap_user: str = field(metadata=_knob("imap_user"))
    imap_password: str = field(repr=False, metadata=_knob("imap_password"))
    mailbox: str = field(default="INBOX", metadata=_knob("mailbox"))

    def __post_init__(self) -> None:
        super().__post_init__()
        check_security(self.imap_security, self.imap_host)


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
    """Verifies certificate and name, always. Raises Refused when `ca_file` cannot be used."""
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
