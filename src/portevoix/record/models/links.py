"""Signed links."""

from django.db import models

from portevoix.kernel.links import LinkPurpose


class SignedLink(models.Model):
    """A link that acts for one colleague and one purpose, without signing in, until it expires or is deleted.

    `key` stands in its address, with a signature that is not stored: who reads the database cannot use the link.
    """

    contact = models.ForeignKey("record.Contact", models.CASCADE, related_name="signed_links", db_index=False)
    purpose = models.CharField(max_length=32, choices=[(each.value, each.value) for each in LinkPurpose])
    key = models.CharField(max_length=43, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "purpose"], name="signed_link_once")]
