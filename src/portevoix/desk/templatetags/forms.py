"""How the forms beside a conversation are sent."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from portevoix.web.templatetags.cached_tags import address

register = template.Library()


@register.simple_tag(takes_context=True)
def posts(context: Mapping[str, Any], name: str, *of: object) -> SafeString:
    """Attributes of a form that asks the desk's view `name`: with htmx the conversation is shown anew, without it the
    page. `of`: what stands in its address after the conversation.
    """
    there = address(f"desk:{name}", context["conversation"].pk, *of) + escape(context["query"])
    return format_html('method="post" action="{0}" hx-post="{0}" hx-target="#main" hx-swap="outerHTML"', there)
