"""The desk's pages. Each parses, makes one call and renders."""

from portevoix.desk.views.inbox import home

__all__ = ["home"]
