"""What a hint is: something in a draft that could be plainer, is missing, or should not be published."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hint:
    """`text` is an English sentence for the catalogue with `{name}` places that `values` fill.

    `start` and `end`: the characters of the text that it is about; None when it is about the whole.
    """

    kind: str
    text: str
    values: dict[str, str | int] = field(default_factory=dict)
    start: int | None = None
    end: int | None = None
    suggestion: str = ""

    def __str__(self) -> str:
        return self.text.format(**self.values)
