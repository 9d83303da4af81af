"""Handing a mail to an SMTP server, with certainty at each step whether anything happened."""

import base64
import re
import smtplib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from email.message import EmailMessage

from portevoix.channels.connection_errors import LONGEST, TIMEOUT, translate_errors
from portevoix.channels.deadline import Deadline
from portevoix.channels.email.settings import NONE, STARTTLS, SmtpSettings, tls_context
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop

LATER = timedelta(minutes=5)
"""How long to wait after “not now”: greylisting servers want that much."""


def submit(mail: EmailMessage, *, sender: str, to: str, settings: SmtpSettings) -> None:
    """Send a mail. TryLater and Refused: it was not accepted. Uncertain: it was sent in full, without an answer."""
    content = re.sub(rb"(?m)^\.", b"..", mail.as_bytes())
    with Deadline(LONGEST) as deadline, _open(settings, deadline) as smtp:
        host = settings.smtp_host
        _expect(smtp.mail(sender), host, pause=True)
        _expect(smtp.rcpt(to), host)
        _expect(smtp.docmd("DATA"), host, first_digit=3)
        smtp.send(content if content.endswith(b"\r\n") else content + b"\r\n")
        try:  # from here on the server may have taken it
            smtp.send(b".\r\n")
            answer = smtp.getreply()
            deadline.check()
            _check_whole(answer)
        except OSError as error:
            raise Uncertain(
                gettext_noop("The connection to {host} broke off while the mail was handed over: it may have left."),
                host=host,
            ) from error
        _expect(answer, host)


def _check_whole(answer: tuple[int, bytes]) -> None:
    """Raise ConnectionError for the beginning of an answer, which says neither yes nor no."""
    if not 200 <= answer[0] < 600:
        raise ConnectionError("no answer")


@contextmanager
def open_connection(settings: SmtpSettings) -> Iterator[smtplib.SMTP]:
    """Yield a connection on which mail can be sent. Raise Refused, which pauses the account, or TryLater."""
    with Deadline(LONGEST) as deadline, _open(settings, deadline) as smtp:
        yield smtp


@contextmanager
def _open(settings: SmtpSettings, deadline: Deadline) -> Iterator[smtplib.SMTP]:
    host, port = settings.smtp_host, settings.smtp_port
    with translate_errors(host, port):
        smtp = _connect(settings, deadline)
        try:
            if settings.smtp_user:
                _login(smtp, settings)
            yield smtp
        finally:
            _leave(smtp)


def _connect(settings: SmtpSettings, deadline: Deadline) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    try:
        if settings.smtp_security not in {NONE, STARTTLS}:
            context = tls_context(settings.ca_file)
            return deadline.open(smtplib.SMTP_SSL, host, port, timeout=TIMEOUT, context=context)
        smtp = deadline.open(smtplib.SMTP, host, port, timeout=TIMEOUT)
    except smtplib.SMTPResponseException as error:
        raise _refusal((error.smtp_code, _words(error.smtp_error)), host, pause=True) from error
    if settings.smtp_security == STARTTLS:
        with ExitStack() as cleanup:
            cleanup.callback(smtp.close)
            try:
                smtp.starttls(context=tls_context(settings.ca_file))
            except smtplib.SMTPNotSupportedError as error:
                raise Refused(
                    gettext_noop("{host} offers no STARTTLS on port {port}. Check port and security."),
                    pause=True,
                    host=host,
                    port=port,
                ) from error
            cleanup.pop_all()
    return smtp


def _login(smtp: smtplib.SMTP, settings: SmtpSettings) -> None:
    host, user, password = settings.smtp_host, settings.smtp_user, settings.smtp_password
    try:
        if user.isascii() and password.isascii():
            smtp.login(user, password)
            return
        smtp.ehlo_or_helo_if_needed()
        token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        code, _ = smtp.docmd("AUTH", f"PLAIN {token}")
    except smtplib.SMTPNotSupportedError:
        raise Refused(
            gettext_noop("{host} offers no way to sign in. Check port and security."), pause=True, host=host
        ) from None
    except smtplib.SMTPAuthenticationError as error:
        code = error.smtp_code
    if 400 <= code < 500:
        raise TryLater(gettext_noop("{host} lets nobody sign in at the moment."), after=LATER, host=host) from None
    if code >= 500:
        # `from None`: nothing that could quote the password is passed on.
        raise Refused(
            gettext_noop("{host} does not accept the user {user} with this password. Type the password again."),
            pause=True,
            host=host,
            user=user,
        ) from None


def _leave(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except OSError:
        smtp.close()


def _expect(answer: tuple[int, bytes], host: str, *, first_digit: int = 2, pause: bool = False) -> None:
    """Raise the error of an answer whose first digit is another one."""
    code, reply = answer
    if code // 100 != first_digit:
        raise _refusal((code, _words(reply)), host, pause=pause)


def _refusal(answer: tuple[int, str], host: str, *, pause: bool) -> Refused | TryLater:
    code, reply = answer
    if code >= 500:
        return Refused(gettext_noop("{host} refused: {why}"), pause=pause, host=host, why=f"{code} {reply}")
    return TryLater(gettext_noop("{host} answered “not now”: {why}"), after=LATER, host=host, why=f"{code} {reply}")


def _words(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:300]
