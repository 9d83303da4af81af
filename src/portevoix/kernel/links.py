"""Signed links: each acts for one colleague and one purpose."""

from enum import StrEnum


class LinkPurpose(StrEnum):
    """The one purpose of a signed link."""

    JOURNAL_FEED = "journal_feed"  # reads the editions that its colleague may read
    ANSWER_FINDINGS = "answer_findings"  # answers the findings of one edition, for its department
    STOP_JOURNAL = "stop_journal"  # stops the editions of one department that are sent to its colleague
