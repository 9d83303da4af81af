"""How long messages take to come into the record of the environment: seconds, of one and of five hundred at once.

    PORTEVOIX_HOME=… python bench/kit/taken.py NAME

`NAME` sets these messages apart from those of another run. They go to the account that holds most conversations, every
fifth an answer to something said there; without the text models, which know nothing of the record's size.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import town

ONES, BATCHES, BATCH = 40, 6, 500


def main() -> None:
    name = sys.argv[1]
    from portevoix.cli.django_setup import set_up_django

    set_up_django()
    from portevoix.exchange.inbound import poller
    from portevoix.kernel.messages import Direction, Incoming, Writer

    town.without_text_models()
    account, said = town.busiest_account()

    def messages(part: str, count: int) -> list[Incoming]:
        return [
            Incoming(
                channel=account.channel,
                account=account.address,
                external_id=f"{name}-{part}-{number}",
                direction=Direction.IN,
                author=Writer(f"{name}-{number}", handle=f"citizen{number}"),
                sent_at=datetime.now(UTC),
                text=f"Le lampadaire {number} de ma rue est en panne depuis lundi.",
                in_reply_to="" if number % 5 else said[number % len(said)],
            )
            for number in range(count)
        ]

    def seconds(part: str, count: int) -> float:
        coming = messages(part, count)
        return _seconds(lambda: list(poller.take_messages(coming, now=datetime.now(UTC))))

    seconds("warm", 10)
    one = [seconds(f"one{n}", 1) for n in range(ONES)]
    many = [seconds(f"many{n}", BATCH) for n in range(BATCHES)]
    print(json.dumps({"taking in one": one, "taking in 500": many}))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
