"""Colleagues and citizens."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from portevoix.kernel.messages import Writer


class Role(models.TextChoices):
    """A colleague's role; `record.permissions` defines what each role may see and do."""

    HOST = "host"
    CONTACT = "contact"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


class Contact(AbstractBaseUser):
    """A colleague, with or without an account (without: no usable password)."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.CONTACT)
    departments = models.ManyToManyField("record.Department", related_name="contacts", blank=True)
    language = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = BaseUserManager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(models.functions.Lower("email"), name="contact_email_any_letter_size")]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class Person(models.Model):
    """A citizen known on several channels: their authors point here."""

    note = models.TextField(blank=True)


class Author(models.Model):
    """A citizen on a channel."""

    channel = models.CharField(max_length=32)
    external_id = models.CharField(max_length=500)
    handle = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=500, blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="authors", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="author_once")]
        indexes = [models.Index(fields=["person"], name="author_person", condition=Q(person__isnull=False))]

    @property
    def sender(self) -> str:
        """The sender's address of an author whose mails ask for answers elsewhere; "" for others."""
        sender, _, elsewhere = self.external_id.partition(" ")
        return sender if "@" in sender and "@" in elsewhere else ""

    def __str__(self) -> str:
        nameless = self.external_id.startswith("form:")  # wrote through the form and left nothing
        return self.name or self.handle or (gettext("Somebody") if nameless else self.external_id)

    @property
    def address(self) -> str:
        """Return the address or handle at which the author is answered; "" where only a number is known."""
        return self.handle or (self.external_id if "@" in self.external_id else "")

    def writer(self) -> Writer:
        """Return the author in the form that channels use."""
        return Writer(self.external_id, self.handle, self.name)
