"""The channel that the how-to builds is one: its code blocks run, and it passes the suite."""

import re
from pathlib import Path
from typing import Any

from portevoix.kernel.messages import Writer

PAGE = Path(__file__).parents[2] / "docs" / "en" / "how-to" / "add-a-channel.md"


def test_the_channel_of_the_how_to_keeps_the_contract(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    made: dict[str, Any] = {"__name__": "letterbox"}
    exec(compile("\n".join(blocks), str(PAGE), "exec"), made)
    made["try_letterbox"](tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    limit = made["PostcardConnector"].text_limit({}, Writer("ana"))
    assert [limit.count(part) for part in limit.cut("Un mot. " * 100)] == [399, 399]
