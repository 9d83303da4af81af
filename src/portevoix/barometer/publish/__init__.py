"""Publishes a study: one folder of static pages that reads without a server, without a network and without a script."""

from portevoix.barometer.publish.site import publish

__all__ = ["publish"]
