"""What several tests of the channels start."""

from tests.channels.meta import meta
from tests.servers.bluesky import bluesky
from tests.servers.mail import mail

__all__ = ["bluesky", "mail", "meta"]
