"""Files as channels: whatever can be brought into the interchange format."""

from portevoix.channels.importers.connector import FileConnector, FileSettings

__all__ = ["FileConnector", "FileSettings"]
