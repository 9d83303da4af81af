"""Template filters for addresses that citizens wrote."""

from django import template

register = template.Library()


@register.filter
def web_address(address: str) -> str:
    """Return the address when it is http or https, else "": an address that would run a script is not linked."""
    return address if address.lower().startswith(("https://", "http://")) else ""
