"""The city, its departments and the versions of its service policy."""

import secrets

from django.db import models


def new_mark() -> int:
    """Return a number that no mark had before."""
    return secrets.randbits(62)


class City(models.Model):
    """The city: one row, as one installation serves one city. `record.operations.city.found_city` creates it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64, default="Europe/Paris")
    language = models.CharField(max_length=12, default="fr")  # the one it writes in when nothing else is known
    languages = models.JSONField(default=list)  # those its citizens write in, BCP 47
    accent = models.CharField(max_length=7, default="#1f5673")
    site = models.CharField(max_length=200, blank=True)  # host name of its website, where the form may be framed
    retention = models.JSONField(default=dict)  # how long each kind of data is kept, where it is not the default
    mark = models.BigIntegerField(default=new_mark, editable=False)  # the database changes it, see queries.house

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_city")]


class Department(models.Model):
    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    competences = models.JSONField(default=list)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Policy(models.Model):
    """A version of the service policy. Versions are never changed: a new one is added, and open waits keep theirs."""

    version = models.AutoField(primary_key=True)
    text = models.TextField()  # TOML, as `kernel.policy` reads it
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+")
