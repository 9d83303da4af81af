"""Every error that Portevoix raises on purpose.

    PortevoixError
    ├── BadInput            the user's mistake: one line that says what to do
    │   ├── BadPolicy       a service policy that cannot be read
    │   └── BadLine         an interchange line that cannot be read
    ├── NotAllowed          this colleague may not do that
    ├── NotPossible         the transition table says no
    ├── Conflict            somebody else was faster
    └── ChannelError        what a network answered
        ├── TryLater(after) nothing happened; try again
        ├── Refused         nothing happened and nothing will
        └── Uncertain       it may have happened: never resend blindly
"""

from datetime import timedelta


class PortevoixError(Exception):
    """Base of all errors raised on purpose; its text is meant to be read by a person."""


class BadInput(PortevoixError, ValueError):
    """What was given cannot be used; the text says what is wrong and what to do."""


class BadPolicy(BadInput):
    """A service policy that cannot be read; `line` is 1-based, None when no single line is to blame."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line


class BadLine(BadInput):
    """An interchange line that cannot be read; `line` is 1-based in its file."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line


class NotAllowed(PortevoixError):
    """The person's role does not allow it."""


class NotPossible(PortevoixError):
    """The conversation's state does not allow it."""


class Conflict(PortevoixError):
    """Somebody else changed the conversation in between."""


class ChannelError(PortevoixError):
    """Base of what a connector raises."""


class TryLater(ChannelError):
    """Nothing happened; worth trying again after `after`."""

    def __init__(self, reason: str, after: timedelta = timedelta(minutes=1)) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class Refused(ChannelError):
    """Nothing happened, and trying again would not help; `reason` is shown to a person.

    `pause` says that the whole account is refused (expired token, wrong password), not this one message.
    """

    def __init__(self, reason: str, *, pause: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.pause = pause


class Uncertain(ChannelError):
    """The network did not say whether it took the message; `find` decides, or else a person."""
