"""Exceptions that Portevoix raises on purpose.

PortevoixError
├── BadInput            the user's mistake; one line says what to do
│   └── BadFile         a line of a file that cannot be read
│       ├── BadPolicy   a service policy that cannot be read
│       └── BadLine     an interchange line that cannot be read
├── NotAllowed          this colleague may not do that
│   └── NotThere        nor learn whether it exists
├── NotPossible         the conversation's state does not allow it
├── Conflict            somebody else changed it first
└── ChannelError        a network's answer
    ├── TryLater        nothing happened; try again
    ├── Refused         nothing happened and nothing will
    └── Uncertain       it may have happened: never resend blindly
"""

from datetime import timedelta

from portevoix.kernel.i18n import gettext_noop


class PortevoixError(Exception):
    """Base of all errors raised on purpose; their text is written for users.

    `text` is an English sentence, marked with `gettext_noop`, with `{name}` placeholders that `values` fill. The two
    are stored separately so that the text can be translated before it is filled in.
    """

    def __init__(self, text: str, /, **values: str | float) -> None:
        super().__init__(text.format(**values) if values else text)
        self.text = text
        self.values = values


class BadInput(PortevoixError, ValueError):
    """Input that cannot be used; the text says what is wrong and what to do."""


class BadFile(BadInput):
    """Bad input on a line, 1-based; None when the error is not on a single line."""

    def __init__(self, text: str, /, line: int | None = None, **values: str | float) -> None:
        super().__init__(text, **values)
        self.line = line

    def __str__(self) -> str:
        message = super().__str__()
        return f"line {self.line}: {message}" if self.line else message


class BadPolicy(BadFile):
    """A service policy that cannot be read."""


class BadLine(BadFile):
    """An interchange line that cannot be read."""


class NotAllowed(PortevoixError):
    """The person's role does not allow it."""


class NotThere(NotAllowed):
    """It does not exist, or this person may not see it; the error does not say which."""


class NotPossible(PortevoixError):
    """The conversation's state does not allow it."""


class Conflict(PortevoixError):
    """Somebody else changed the conversation in between."""


class ChannelError(PortevoixError):
    """Base of the errors that connectors raise."""


class TryLater(ChannelError):
    """Nothing happened; try again after `after`."""

    def __init__(self, text: str, /, after: timedelta = timedelta(minutes=1), **values: str | float) -> None:
        super().__init__(text, **values)
        self.after = after


class Refused(ChannelError):
    """Nothing happened, and trying again would not help.

    `pause` says that the whole account is refused (expired token, wrong password), not this one message.
    """

    def __init__(self, text: str, /, pause: bool = False, **values: str | float) -> None:
        super().__init__(text, **values)
        self.pause = pause


class Uncertain(ChannelError):
    """The network did not confirm whether it accepted the message; `find`, or else a person, has to decide."""


def internal_error(error: Exception) -> PortevoixError:
    """Return the error to show to a user for an unexpected exception; its details are in the log."""
    return PortevoixError(
        gettext_noop("A fault of Portevoix itself ({kind}); the log has its details, please report it."),
        kind=type(error).__name__,
    )
