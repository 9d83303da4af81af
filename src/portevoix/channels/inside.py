"""Hosts inside the house's own network that channels may ask all the same: the environment names them, no page does."""

internal: set[str] = set()
