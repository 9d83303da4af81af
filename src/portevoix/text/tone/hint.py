"""Hints: parts of a draft that could be plainer, are missing, or should not be published."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hint:
    """Hint on a draft. `text` is English, marked for translation, with `{name}` placeholders that `values` fill.

    `start` and `end`: the characters that it is about; None when it is about the whole draft.
    """

    kind: str
    text: str
    values: dict[str, str | int] = field(default_factory=dict)
    start: int | None = None
    end: int | None = None
    suggestion: str = ""

    def __str__(self) -> str:
        return self.text.format(**self.values)
