"""Signed links."""

from django.db import models

from portevoix.kernel.links import LinkPurpose


class SignedLink(models.Model):
    """A link that acts for one colleague and one purpose, without signing in, until it expires or is deleted.

    `about`: the one thing that it is for, where the purpose alone does not say it. `used_at`: when it was last used.

    `key` stands in its address, with a signature that is not stored: who reads the database cannot use the link.
    """

    contact = models.ForeignKey("record.Contact", models.CASCADE, related_name="signed_links", db_index=False)
    purpose = models.CharField(max_length=32, choices=[(each.value, each.value) for each in LinkPurpose])
    about = models.CharField(max_length=200, blank=True, db_default="")
    key = models.CharField(max_length=43, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "purpose", "about"], name="signed_link_once")]
