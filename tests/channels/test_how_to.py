"""The channel that the how-to builds is one: its code blocks run, and it passes the suite."""

import re
from pathlib import Path
from typing import Any

import pytest

from portevoix.kernel.messages import Writer

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_channel_of_the_how_to_keeps_the_contract(language: str, tmp_path: Path) -> None:
    page = DOCS / language / "how-to" / "add-a-channel.md"
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    made: dict[str, Any] = {"__name__": "letterbox"}
    exec(compile("\n".join(blocks), str(page), "exec"), made)
    made["try_letterbox"](tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    limit = made["PostcardConnector"].text_limit({}, Writer("ana"))
    assert [limit.count(part) for part in limit.cut("Un mot. " * 100)] == [399, 399]
