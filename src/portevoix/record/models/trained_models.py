"""Models trained on the hosts' decisions, and the nightly training runs."""

from django.db import models


class Model(models.Model):
    """One version of the labeller of a task: weights of numbered features, without text.

    `tried` was trained without the last weeks' messages: on these it can be compared with a later version.
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
    """A model trained on the departments' descriptions, used before there is a version, and beside it.

    Each process that labels reads it; it is trained again when the departments or the program change.
    """

    key = models.CharField(max_length=64, primary_key=True)  # as text.stored_cold names it
    content = models.BinaryField()  # as text.stored_cold writes it
    made_at = models.DateTimeField()


class Refit(models.Model):
    """One night's training. `left` are the tasks still to do, `told` the results of the others."""

    day = models.DateField(primary_key=True)  # in the city's time zone
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    left = models.JSONField(default=list)
    told = models.JSONField(default=dict)  # {"kind": {"came": "kept", "version": 3, "accuracy": .8, "before": .7}}
