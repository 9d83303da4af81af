"""Facebook pages and Instagram professional accounts, over Meta's Graph API."""

from portevoix.channels.facebook.connector import FacebookConnector, InstagramConnector
from portevoix.channels.facebook.settings import FacebookSettings, InstagramSettings

__all__ = ["FacebookConnector", "FacebookSettings", "InstagramConnector", "InstagramSettings"]
