"""Template tags for the forms beside a conversation."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from portevoix.web.templatetags.cached_tags import address

register = template.Library()


@register.simple_tag(takes_context=True)
def posts(context: Mapping[str, Any], name: str, *of: object) -> SafeString:
    """Return the attributes of a form that posts to the desk's view `name`.

    With htmx the conversation is shown again, without it the page. `of` holds what follows the conversation in the
    address.
    """
    there = address(f"desk:{name}", context["conversation"].pk, *of) + escape(context["query"])
    return format_html('method="post" action="{0}" hx-post="{0}" hx-target="#main" hx-swap="outerHTML"', there)
