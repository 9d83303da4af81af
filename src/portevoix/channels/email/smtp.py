"""Handing a mail to an SMTP server, with certainty at each step whether anything happened."""

import base64
import re
import smtplib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from email.message import EmailMessage
from time import monotonic

from portevoix.channels.connection_errors import LONGEST, TIMEOUT, translate_errors
from portevoix.channels.deadline import Deadline
from portevoix.channels.email.settings import NONE, STARTTLS, SmtpSettings, tls_context
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop

LATER = timedelta(minutes=5)
"""How long to wait after “not now”: greylisting servers want that much."""
MOST_MAILS = 50
"""Mails of one connection: many servers take no more."""


def submit(mail: EmailMessage, *, sender: str, to: str, settings: SmtpSettings) -> None:
    """Send a mail. TryLater and Refused: it was not accepted. Uncertain: it was sent in full, without an answer."""
    with Deadline(LONGEST) as deadline, _open(settings, deadline) as smtp:
        _hand_over(smtp, deadline, mail, sender=sender, to=to, host=settings.smtp_host)


class SmtpSession:
    """A connection by which several mails are sent, opened by the first one, renewed at times, closed by an error."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._stack = ExitStack()
        self._open: tuple[smtplib.SMTP, Deadline] | None = None
        self._count, self._since = 0, 0.0

    def submit(self, mail: EmailMessage, *, sender: str, to: str) -> None:
        """Send a mail; the errors are those of `submit`."""
        if self._count >= MOST_MAILS or monotonic() - self._since > LONGEST / 2:
            self.close()
        with ExitStack() as failure:
            failure.callback(self.close)
            with translate_errors(self._settings.smtp_host, self._settings.smtp_port):
                smtp, deadline = self._open or self._connect()
                self._count += 1
                _hand_over(smtp, deadline, mail, sender=sender, to=to, host=self._settings.smtp_host)
            failure.pop_all()

    def close(self) -> None:
        """Close the connection, if one is open; the next mail opens another one."""
        self._open, self._count = None, 0
        stack, self._stack = self._stack, ExitStack()
        stack.close()

    def _connect(self) -> tuple[smtplib.SMTP, Deadline]:
        deadline = self._stack.enter_context(Deadline(LONGEST))
        self._open = self._stack.enter_context(_open(self._settings, deadline)), deadline
        self._since = monotonic()
        return self._open


def _hand_over(smtp: smtplib.SMTP, deadline: Deadline, mail: EmailMessage, *, sender: str, to: str, host: str) -> None:
    content = re.sub(rb"(?m)^\.", b"..", mail.as_bytes())
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
