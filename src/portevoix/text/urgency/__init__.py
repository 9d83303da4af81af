"""Danger to people, as words say it."""
