"""A private Dovecot (IMAP, LMTP) and OpenSMTPD (SMTP) on free loopback ports, in a temporary folder.

Every address of the domains `ville.test` and `citoyen.test` is a mailbox with the password `secret`; at `parti.test`
nobody has one any more, which shows once a mail was accepted, so that it comes back. The citizens' letters come in by
`deliver`, the city sends through the submission port as any address of `ville.test` that is asked for. Needs root and
the Debian packages dovecot-imapd, dovecot-lmtpd and opensmtpd: `missing()` says what is not there.

    with mail_servers() as mail:
        mail.deliver(raw, sender="ana@citoyen.test", to="contact@ville.test")
        connector = EmailConnector("contact@ville.test", EmailSettings(**mail.settings("contact@ville.test")))
"""

import fcntl
import imaplib
import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.ports import free_port

PASSWORD = "secret"
PROGRAMS = ("dovecot", "smtpd", "openssl")
_PACKAGES = "dovecot-imapd dovecot-lmtpd opensmtpd openssl"
SENDERS = ("contact@ville.test", "mairie@ville.test")
MAILBOX_USER = "mail"  # the unprivileged Debian user to whom all mailboxes belong
PATIENCE = 60.0  # seconds
SPOOL = Path("/var/spool/smtpd")
"""OpenSMTPD's only queue, which also serves as the lock: TMPDIR may differ between those who wait for each other."""

DOVECOT = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1, 127.0.0.2
ssl = yes
ssl_server_cert_file = {folder}/cert.pem
ssl_server_key_file = {folder}/key.pem
auth_failure_delay = 0
login_trusted_networks = 127.0.0.0/8
auth_allow_cleartext = yes
auth_mechanisms = plain login
default_login_user = dovenull
default_internal_user = dovecot
mail_driver = maildir
mail_path = ~/Maildir
mail_uid = {user}
mail_gid = {user}
first_valid_uid = 1
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
passdb static {{
  driver = static
  password = {password}
}}
userdb static {{
  driver = static
  static_allow_all_users = yes
  fields {{
    uid = {user}
    gid = {user}
    home = {folder}/boxes/%{{user | domain}}/%{{user | username}}
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    listen = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

SMTPD = """
pki cert1 cert "{folder}/cert.pem"
pki cert1 key "{folder}/key.pem"
table creds {{ {creds} }}
table users {{ "@ville.test" = {user}, "@citoyen.test" = {user}, "@parti.test" = {user} }}
listen on 127.0.0.1 port {smtp} hostname mx.ville.test
listen on 127.0.0.1 port {submission} tls-require pki cert1 auth <creds> hostname mx.ville.test tag sub
action "deliver" lmtp "127.0.0.1:{lmtp}" rcpt-to virtual <users>
action "gone" mda "exit 67" virtual <users>
match auth from any for domain "parti.test" action "gone"
match auth from any for domain {{ "ville.test", "citoyen.test" }} action "deliver"
match from any for domain {{ "ville.test", "citoyen.test" }} action "deliver"
"""


@dataclass(frozen=True, slots=True)
class MailServers:
    """Where they listen: on 127.0.0.1, with one certificate, for `localhost`; IMAP also on 127.0.0.2, for nobody."""

    folder: Path
    imap: int
    imaps: int
    lmtp: int
    smtp: int
    submission: int

    @property
    def ca_file(self) -> str:
        return str(self.folder / "cert.pem")

    def settings(self, address: str, **changes: Any) -> dict[str, Any]:
        """Keyword arguments for `EmailSettings`: IMAP over TLS, SMTP with STARTTLS, both verified."""
        return {
            "imap_host": "localhost",
            "imap_port": self.imaps,
            "imap_security": "tls",
            "imap_user": address,
            "imap_password": PASSWORD,
            "smtp_host": "localhost",
            "smtp_port": self.submission,
            "smtp_security": "starttls",
            "smtp_user": address,
            "smtp_password": PASSWORD,
            "ca_file": self.ca_file,
        } | changes

    def deliver(self, raw: bytes, *, sender: str, to: str) -> None:
        """Sends one mail, as a citizen's provider would; waits until it lies in the mailbox."""
        before = len(self.mailbox(to))
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=PATIENCE) as smtp:
            smtp.sendmail(sender, [to], raw)
        wait_for(lambda: len(self.mailbox(to)) > before, f"The mail to {to} did not arrive.")

    def mailbox(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Every mail in it, raw, the oldest first; nothing is marked as read."""
        with self._signed_in(address) as imap:
            if imap.select(folder, readonly=True)[0] != "OK":
                return []
            _, found = imap.uid("SEARCH", "ALL")
            raws = []
            for uid in found[0].split():
                _, parts = imap.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
                raws.append(parts[0][1])
            return raws

    def put(self, address: str, raw: bytes, *, when: str | None = None, folder: str = "INBOX") -> None:
        """Lays a mail straight into a mailbox; `when` is its INTERNALDATE, as '"01-Nov-2026 10:00:00 +0100"'."""
        with self._signed_in(address) as imap:
            assert imap.append(folder, "", when or "", raw)[0] == "OK"

    @contextmanager
    def _signed_in(self, address: str) -> Iterator[imaplib.IMAP4]:
        local, _, domain = address.partition("@")
        imap = imaplib.IMAP4("127.0.0.1", self.imap, timeout=PATIENCE)
        try:
            imap.login(f"{local.partition('+')[0]}@{domain}", PASSWORD)
            yield imap
        finally:
            imap.logout()


def missing() -> str:
    """What stands in the way of starting the servers; empty when nothing does."""
    if os.geteuid() != 0:
        return "missing: root, who may start the mail servers"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    absent = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    return f"missing: {', '.join(absent)} (apt-get install {_PACKAGES})" if absent else ""


@contextmanager
def mail_servers() -> Iterator[MailServers]:
    """Starts both servers and stops them at the end. One at a time on a machine: OpenSMTPD has a single queue."""
    with _alone(), tempfile.TemporaryDirectory(prefix="portevoix-mail-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        servers = MailServers(folder, *(free_port() for _ in range(5)))
        _write(servers)
        with _dovecot(servers), _smtpd(servers):
            yield servers


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServers]:
    """The servers, for one file of tests, then the others get their turn; skipped, visibly, where they cannot start."""
    if why := missing():
        pytest.skip(why)
    with mail_servers() as servers:
        yield servers


def wait_for(ready: Callable[[], bool], complaint: str, patience: float = PATIENCE) -> None:
    """Asks again and again until `ready`; AssertionError with `complaint` when patience runs out."""
    end = time.monotonic() + patience
    while not ready():
        assert time.monotonic() < end, complaint
        time.sleep(0.05)


def _write(servers: MailServers) -> None:
    folder = servers.folder
    (folder / "boxes").mkdir()
    shutil.chown(folder / "boxes", MAILBOX_USER, MAILBOX_USER)
    key, cert = folder / "key.pem", folder / "cert.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    _run(*asked, "-addext", names, "-keyout", str(key), "-out", str(cert))
    key.chmod(0o600)
    hashed = _run("openssl", "passwd", "-6", PASSWORD)  # what `smtpctl encrypt` makes costs 0.4 s at each sign-in
    values = {
        "folder": folder,
        "user": MAILBOX_USER,
        "password": PASSWORD,
        "creds": ", ".join(f'"{address}" = "{hashed}"' for address in SENDERS),
        "imap": servers.imap,
        "imaps": servers.imaps,
        "lmtp": servers.lmtp,
        "smtp": servers.smtp,
        "submission": servers.submission,
    }
    (folder / "dovecot.conf").write_text(DOVECOT.format(**values))
    (folder / "smtpd.conf").write_text(SMTPD.format(**values))
    (folder / "smtpd.conf").chmod(0o600)


@contextmanager
def _dovecot(servers: MailServers) -> Iterator[None]:
    with _running(servers, "dovecot", "-F", "-c", str(servers.folder / "dovecot.conf"), ports=(servers.imaps,)):
        yield


@contextmanager
def _smtpd(servers: MailServers) -> Iterator[None]:
    SPOOL.chmod(0o711)  # smtpd leaves at once when it finds any other mode
    with _running(servers, "smtpd", "-d", "-f", str(servers.folder / "smtpd.conf"), ports=(servers.smtp,)):
        yield


@contextmanager
def _running(servers: MailServers, name: str, *arguments: str, ports: tuple[int, ...]) -> Iterator[None]:
    log = servers.folder / f"{name}.out"
    with log.open("wb") as out:
        process = subprocess.Popen([_where(name), *arguments], stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            for port in ports:
                wait_for(
                    lambda port=port: process.poll() is not None or _answers(port), f"{name} does not listen on {port}."
                )
            assert process.poll() is None, f"{name} did not start:\n{log.read_text()}"
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def _alone() -> Iterator[None]:
    SPOOL.mkdir(exist_ok=True)
    queue = os.open(SPOOL, os.O_RDONLY)
    try:
        fcntl.flock(queue, fcntl.LOCK_EX)
        yield
    finally:
        os.close(queue)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _run(name: str, *arguments: str) -> str:
    done = subprocess.run([_where(name), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _where(name: str) -> str:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") or name
