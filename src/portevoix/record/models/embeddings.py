"""What messages mean, as sentence encoders say it, and how it goes with reading them."""

from django.db import models


class Vector(models.Model):
    """What one encoder makes of one message: no text, but texts that mean the same are near one another by it."""

    message = models.ForeignKey("record.Message", models.CASCADE, related_name="vectors")
    encoder = models.CharField(max_length=400)  # its name and version: vectors of two are never compared
    # Numbers of two bytes, little-endian, a vector of length one; empty: the encoder refuses this text.
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["encoder", "message"], name="vector_once")]


class Reading(models.Model):
    """How it goes with one source of vectors: one worker is at it at a time; `trouble` keeps it until `try_at`."""

    source = models.CharField(max_length=400, primary_key=True)
    leased_until = models.DateTimeField(null=True)
    try_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # one after the other
    trouble = models.JSONField(null=True)  # {"text", "values"}
    read_at = models.DateTimeField(null=True)  # when it last went well
