"""The letters that products write, put together: the worker that sends them knows none of the products."""

from portevoix.exchange.outbound.letter_delivery import register_writer
from portevoix.journal.storage.answer_reminders import write_reminder_letter
from portevoix.journal.storage.edition_letters import write_correction_letter, write_edition_letter
from portevoix.kernel.letters import DispatchKind


def register_writers() -> None:
    """Register, for each kind of dispatch, the function that writes its letter."""
    register_writer(DispatchKind.EDITION, write_edition_letter)
    register_writer(DispatchKind.CORRECTION, write_correction_letter)
    register_writer(DispatchKind.REMINDER, write_reminder_letter)
