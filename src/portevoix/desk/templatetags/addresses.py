"""Addresses that strangers gave."""

from django import template

register = template.Library()


@register.filter
def web_address(given: str) -> str:
    """The address when it leads to a page of the web, else "": one that would run something is no link."""
    return given if given.lower().startswith(("https://", "http://")) else ""
