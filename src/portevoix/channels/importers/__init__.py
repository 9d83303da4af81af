"""Files as channels: everything that can be converted to the interchange format."""

from portevoix.channels.importers.connector import FileConnector, FileSettings

__all__ = ["FileConnector", "FileSettings"]
