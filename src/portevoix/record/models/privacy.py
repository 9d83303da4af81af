"""Data protection: marks of redacted messages, the access log, and the runs of retention."""

from django.db import models

from portevoix.record.models.people import Role


class Mark(models.Model):
    """A mark of a redacted message, which must not come back when its network shows it again.

    It is only a keyed hash of the message's origin: nothing can be read from it, and without the installation's secret
    key nothing can be compared with it.
    """

    mark = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()


class Access(models.Model):
    """A line of the access log: who did what with whose data. A database trigger prevents changes of a line.

    `conversation` and `author` are bare numbers, so that a line remains after these are deleted.
    """

    class What(models.TextChoices):
        READ = "read"  # opened a conversation
        FILE = "file"  # downloaded an attachment
        SEARCHED = "searched"  # searched all conversations; for what is not kept
        FOUND = "found"  # looked for a person
        HELD = "held"  # looked at what is held on a person
        EXPORTED = "exported"  # a person, or without one the record
        ERASED = "erased"
        JOINED = "joined"  # said that two accounts are one person
        PARTED = "parted"
        RULED = "ruled"  # changed how long data are kept

    at = models.DateTimeField()
    contact = models.ForeignKey("record.Contact", models.PROTECT, null=True, related_name="+")  # None: command line
    role = models.CharField(max_length=16, choices=Role.choices, blank=True)  # at that time
    what = models.CharField(max_length=12, choices=What.choices)
    conversation = models.ForeignKey(
        "record.Conversation", models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    author = models.ForeignKey(
        "record.Author", models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    once = models.CharField(max_length=100, null=True, unique=True)  # equal lines of one hour are one line

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="access_recent"),
            models.Index(fields=["conversation", "at"], name="access_conversation"),
            models.Index(fields=["author", "at"], name="access_author"),
        ]


DEEDS = frozenset({Access.What.EXPORTED, Access.What.ERASED, Access.What.JOINED, Access.What.PARTED, Access.What.RULED})
"""Actions that are logged each time, and not once an hour."""


class Sweep(models.Model):
    """One day's run of retention. `counts` is the number of rows removed of each kind, `left` the kinds still to do."""

    day = models.DateField(primary_key=True)  # in the city's time zone
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    left = models.JSONField(default=list)
