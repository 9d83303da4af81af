"""What was learnt from the hosts' decisions, and the nights in which it is learnt anew."""

from django.db import models


class Model(models.Model):
    """One version of the labeller of a task. It holds weights of numbered features, and no text.

    `tried` was learnt without the last weeks' messages: on these it can be compared with a later one.
    """

    task = models.CharField(max_length=16)  # "department", "kind" or "valence"
    version = models.PositiveIntegerField()
    labels = models.JSONField()
    content = models.BinaryField()  # as text.stored writes it
    tried = models.BinaryField()
    measured = models.JSONField()  # {"now", "before": as text.measured says it, "since", "careful", "lately"}
    examples = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    active = models.BooleanField(default=False)
    by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+")  # who put it into service

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "version"], name="model_once"),
            models.UniqueConstraint(fields=["task"], name="one_model_serves", condition=models.Q(active=True)),
        ]


class ColdModel(models.Model):
    """What was learnt from the departments' own words, which serves before there is a version, and beside it.

    Each process that labels reads it; it is made anew when the departments or the program change.
    """

    key = models.CharField(max_length=64, primary_key=True)  # as text.stored_cold names it
    content = models.BinaryField()  # as text.stored_cold writes it
    made_at = models.DateTimeField()


class Refit(models.Model):
    """One night's learning. `left` says of which tasks it is still to be done, `told` what came of the others."""

    day = models.DateField(primary_key=True)  # in the city's time zone
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    left = models.JSONField(default=list)
    told = models.JSONField(default=dict)  # {"kind": {"came": "kept", "version": 3, "accuracy": .8, "before": .7}}
