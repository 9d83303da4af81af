"""Signed links: each acts for one colleague and one purpose."""

from enum import StrEnum


class LinkPurpose(StrEnum):
    """The one purpose of a signed link."""

    JOURNAL_FEED = "journal_feed"  # reads the editions that its colleague may read
