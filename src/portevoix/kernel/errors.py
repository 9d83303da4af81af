"""Every error that Portevoix raises on purpose.

PortevoixError
├── BadInput            the user's mistake: one line that says what to do
│   ├── BadPolicy       a service policy that cannot be read
│   └── BadLine         an interchange line that cannot be read
├── NotAllowed          this colleague may not do that
│   └── NotThere        nor learn whether it exists
├── NotPossible         the transition table says no
├── Conflict            somebody else was faster
└── ChannelError        what a network answered
    ├── TryLater        nothing happened; try again
    ├── Refused         nothing happened and nothing will
    └── Uncertain       it may have happened: never resend blindly
"""

from datetime import timedelta

from portevoix.kernel.i18n import gettext_noop


class PortevoixError(Exception):
    """Base of all errors raised on purpose; meant to be read by a person.

    `text` is an English sentence, marked with `gettext_noop`, with `{name}` places that `values` fill; it is kept apart
    from its values so that whoever shows it can translate it first.
    """

    def __init__(self, text: str, /, **values: str | float) -> None:
        super().__init__(text.format(**values) if values else text)
        self.text = text
        self.values = values


class BadInput(PortevoixError, ValueError):
    """What was given cannot be used; the text says what is wrong and what to do."""


class _BadFile(BadInput):
    """Bad input that sits on a line, 1-based; None when no single line is to blame."""

    def __init__(self, text: str, /, line: int | None = None, **values: str | float) -> None:
        super().__init__(text, **values)
        self.line = line

    def __str__(self) -> str:
        told = super().__str__()
        return f"line {self.line}: {told}" if self.line else told


class BadPolicy(_BadFile):
    """A service policy that cannot be read."""


class BadLine(_BadFile):
    """An interchange line that cannot be read."""


class NotAllowed(PortevoixError):
    """The person's role does not allow it."""


class NotThere(NotAllowed):
    """It does not exist, or is not for this person's eyes: they are not told which."""


class NotPossible(PortevoixError):
    """The conversation's state does not allow it."""


class Conflict(PortevoixError):
    """Somebody else changed the conversation in between."""


class ChannelError(PortevoixError):
    """Base of what a connector raises."""


class TryLater(ChannelError):
    """Nothing happened; worth trying again after `after`."""

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
    """The network did not say whether it took the message; `find` decides, or else a person."""


def fault(error: Exception) -> PortevoixError:
    """What a person is told of an error that nobody raised on purpose; the log has the rest."""
    return PortevoixError(
        gettext_noop("A fault of Portevoix itself ({kind}); the log has its details, please report it."),
        kind=type(error).__name__,
    )
