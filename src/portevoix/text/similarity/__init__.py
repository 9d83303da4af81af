"""Messages that say the same."""
