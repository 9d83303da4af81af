"""Publishes a study as a folder of static pages that work without a server, a network or a script."""

from portevoix.barometer.publish.site import publish

__all__ = ["publish"]
