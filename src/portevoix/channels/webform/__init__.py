"""The form under each article: "et maintenant, c'est à vous"."""

from portevoix.channels.webform.connector import WebformConnector, WebformSettings, payload_of

__all__ = ["WebformConnector", "WebformSettings", "payload_of"]
