"""The city's routing rules, which go before the trained models."""

from django.db import models
from django.db.models import Q


class Rule(models.Model):
    """A stored `text.routing.routing_rule.Rule`: the matching one of lowest position decides. Empty: no condition."""

    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80, blank=True)
    department = models.ForeignKey("record.Department", models.PROTECT, related_name="rules")
    words = models.JSONField(default=list)
    accounts = models.ManyToManyField("record.Account", related_name="+")
    articles = models.JSONField(default=list)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    radius = models.FloatField(null=True)  # metres
    places = models.JSONField(default=list)  # names, any of which stands for the area too
    days = models.JSONField(default=list)  # 0 is Monday
    start = models.PositiveSmallIntegerField(null=True)  # minutes of wall time since midnight; None: of whole days
    end = models.PositiveSmallIntegerField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="rule_circle",
                condition=Q(lat__isnull=True, lon__isnull=True, radius__isnull=True)
                | Q(lat__isnull=False, lon__isnull=False, radius__isnull=False),
            ),
            models.CheckConstraint(
                name="rule_hours",
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__isnull=False, end__isnull=False),
            ),
        ]
