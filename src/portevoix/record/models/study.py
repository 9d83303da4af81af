"""Published studies of the Barometer that include the city."""

from django.db import models


class Study(models.Model):
    """A stored study; `own` is the city's code in it. Storing the same study again replaces it."""

    title = models.CharField(max_length=200)
    first_day = models.DateField()
    last_day = models.DateField()
    own = models.CharField(max_length=64)
    results = models.JSONField()  # as barometer/results.schema.json has it
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["title", "first_day", "last_day"], name="study_once")]
