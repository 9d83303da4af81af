"""Marker for translatable text; packages below the web do not translate."""


def gettext_noop(text: str) -> str:
    """Return `text` unchanged. `makemessages` collects it by this function's name; the web translates it on display."""
    return text
