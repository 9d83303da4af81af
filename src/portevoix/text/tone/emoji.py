"""Patterns of emojis, as in folded text."""

EMOJI = r"[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]"
_FLAG, _SKIN = r"[\U0001f1e6-\U0001f1ff]{2}", r"[\U0001f3fb-\U0001f3ff]"
_SINGLE_EMOJI = rf"(?:(?![\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]){EMOJI}\ufe0f?{_SKIN}?)"
ONE_EMOJI = rf"(?:{_FLAG}|{_SINGLE_EMOJI}(?:\u200d{_SINGLE_EMOJI})*)"
"""A sequence displayed as one emoji: a flag, a hand with a skin tone, a joined family."""
