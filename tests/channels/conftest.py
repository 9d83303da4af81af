"""What several tests of the channels start."""

from tests.channels.meta import meta
from tests.servers.bluesky import bluesky
from tests.servers.mail import mail
from tests.servers.mastodon_mock import mastodon
from tests.servers.snac import snac

__all__ = ["bluesky", "mail", "mastodon", "meta", "snac"]
