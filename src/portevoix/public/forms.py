"""The citizens' form."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy, ngettext_lazy

LONGEST = 5000
LONGEST_TITLE = 300
LONGEST_URL = 2000


def web_address(text: str) -> str:
    """Return `text` when it is an http or https address of at most LONGEST_URL characters, else ""."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    good = parts.scheme in ("http", "https") and parts.hostname and len(text) <= LONGEST_URL
    return text.strip() if good else ""


class Text(forms.CharField):
    """A text whose line breaks count as one character, as they do for the person who types them."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class CitizenForm(forms.Form):
    """The citizens' form; its fields have the names that the connector of the form reads."""

    message = Text(
        label=gettext_lazy("Your message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": gettext_lazy("Write your message first."),
            "max_length": ngettext_lazy(
                "The message is too long: %(show_value)d characters, where %(limit_value)d is the most.",
                "The message is too long: %(show_value)d characters, where %(limit_value)d are the most.",
                "limit_value",
            ),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("As you wish to be called in our reply."),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("To receive our reply. We use it for nothing else."),
        error_messages={"invalid": gettext_lazy("Write an address like name@example.org, or leave it empty.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Browsers cut a pasted text at maxlength and say nothing; the server says it.
        self.fields["message"].widget.attrs.pop("maxlength")

    def article(self) -> dict[str, str]:
        """Return the address and title of the article under which the form stands, "" without one."""
        fields: Any = self.data if self.is_bound else self.initial
        url, title = fields.get("about_url", ""), fields.get("about_title", "")
        return {"url": web_address(url), "title": " ".join(title.split())[:LONGEST_TITLE]}
