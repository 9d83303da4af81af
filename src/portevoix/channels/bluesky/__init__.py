"""The Bluesky channel, over XRPC, the HTTP of the AT Protocol."""

from portevoix.channels.bluesky.connector import BlueskyConnector
from portevoix.channels.bluesky.settings import BlueskySettings

__all__ = ["BlueskyConnector", "BlueskySettings"]
