"""Times that are compared with one another: a machine may be twice as slow as it was an hour ago."""

import time
from collections.abc import Callable


def check_growth(work: Callable[[str], object], text: str) -> None:
    """Twice the text takes about twice the time; what takes its square takes four times as long."""
    half, whole = _seconds(work, text[: len(text) // 2]), _seconds(work, text)
    assert whole < 3 * half + 0.5, f"{whole:.2f} s for a text whose half takes {half:.2f} s"


def _seconds(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began
