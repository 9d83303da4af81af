"""TOML that people write: what is there, what is of another kind, and on which line."""

import pytest

from portevoix.kernel.errors import BadFile
from portevoix.kernel.toml_source import TomlSource

TEXT = """title = "T"
days = ["mon", 3]

[goalposts]
"reactivity.f8h" = [0.0, 0.9]
"""


def test_what_is_absent_is_empty_and_what_is_of_another_kind_is_nothing() -> None:
    source = TomlSource(TEXT)
    assert source.text("title") == "T" and source.text("nobody") is None and source.text("days") is None
    assert source.items("days") == ["mon", 3] and source.items("nobody") == [] and source.items("title") is None
    assert source.table("nobody") == {} and source.table("title") is None
    assert source.items("goalposts", "reactivity.f8h") == [0.0, 0.9]
    assert source.value("title", "inside") is None
    assert list(source.unknown_keys(("title",))) == ["days", "goalposts"]


def test_a_value_is_blamed_on_its_line() -> None:
    source = TomlSource(TEXT)
    bad = source.bad("{key} is {value}.", "goalposts.reactivity.f8h", value="0.9", key="It")
    assert (bad.line, str(bad)) == (5, "line 5: It is 0.9.")
    assert source.line("nobody") == 1


def test_what_a_text_over_several_lines_holds_opens_nothing() -> None:
    source = TomlSource("[a.b]\nc = '''\n[d]\ne = 1\n'''\nf = 2\n[d.e]\n")
    assert (source.line("a.b.f"), source.line("d.e"), source.line("a.b.c")) == (6, 7, 2)


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb =\n", 2), ("a = 1\n\nb = [\n\n", 3), ("a = 1\na = 2\n", 2)])
def test_what_is_no_toml_is_blamed_on_its_line(text: str, line: int) -> None:
    with pytest.raises(BadFile, match="not TOML") as caught:
        TomlSource(f"\ufeff{text}".replace("\n", "\r\n"))
    assert caught.value.line == line


def test_a_line_of_blanks_is_passed_over_at_once() -> None:
    """It took hours, during which nothing else ran."""
    source = TomlSource(f"a = 1\n{' ' * 100_000}\n[t]\n\tb c\t= 2\n".replace("b c", "'b c'"))
    assert source.line("t.bc") == 4 and source.line("a") == 1 and source.line("nobody") == 1
