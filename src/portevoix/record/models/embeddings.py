"""Vectors of messages from sentence encoders, and the state of their computation."""

from django.db import models


class Vector(models.Model):
    """One encoder's vector of one message: without text, but close for texts of similar meaning."""

    message = models.ForeignKey("record.Message", models.CASCADE, related_name="vectors")
    encoder = models.CharField(max_length=400)  # its name and version: vectors of two are never compared
    # Numbers of two bytes, little-endian, a vector of length one; empty: the encoder refuses this text.
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["encoder", "message"], name="vector_once")]


class Reading(models.Model):
    """The state of one source of vectors: one worker uses it at a time; after `trouble` it rests until `try_at`."""

    source = models.CharField(max_length=400, primary_key=True)
    leased_until = models.DateTimeField(null=True)
    try_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # one after the other
    trouble = models.JSONField(null=True)  # {"text", "values"}
    read_at = models.DateTimeField(null=True)  # when it last went well
