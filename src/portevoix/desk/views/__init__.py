"""The desk's views. Each parses the request, makes one call and renders."""

from portevoix.desk.views.inbox import home

__all__ = ["home"]
