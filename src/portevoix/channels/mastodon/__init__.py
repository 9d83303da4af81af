"""The Mastodon channel, for all servers with its API: mentions in, replies out, over REST."""

from portevoix.channels.mastodon.connector import MastodonConnector
from portevoix.channels.mastodon.settings import MastodonSettings

__all__ = ["MastodonConnector", "MastodonSettings"]
