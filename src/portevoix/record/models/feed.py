"""The news feed of the city's website, and its articles."""

from django.db import models

from portevoix.record.models.city import new_mark


class Feed(models.Model):
    """The feed: one row if the city has set an address. One worker at a time reads it, from `due_at` on."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    address = models.CharField(max_length=500)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    trouble = models.JSONField(null=True)  # {"text", "values"}: why the last try came to nothing
    read_at = models.DateTimeField(null=True)  # when it last went well
    mark = models.BigIntegerField(default=new_mark, editable=False)  # another one whenever the articles change

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_feed")]


class Article(models.Model):
    key = models.CharField(max_length=2000)  # the address as it is compared, see channels.feeds.key
    url = models.CharField(max_length=2000)  # as the feed has it
    title = models.CharField(max_length=500)
    published_at = models.DateTimeField()  # when it was first read, where the feed does not tell

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="article_once")]
