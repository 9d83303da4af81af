"""X (formerly Twitter) over its API v2: mentions, replies and own posts in; replies and posts out."""

from portevoix.channels.x.connector import XConnector
from portevoix.channels.x.settings import XSettings

__all__ = ["XConnector", "XSettings"]
