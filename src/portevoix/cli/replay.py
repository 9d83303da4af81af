"""`portevoix replay`."""

import sys

import click

from portevoix.cli.django_setup import set_up_django

BATCH = 500
MOST_SHOWN = 20
DIFFERS = 3


@click.command()
@click.option("--look", is_flag=True, help="Only look: nothing is written. Exit status 3 when something differs.")
def replay(look: bool) -> None:
    """Reckon state, deadlines, promises and facts of every conversation again from its history.

    Stores what differs from what is stored, and says so. Nothing should differ: run it when `portevoix doctor` asks for
    it, such as after an upgrade that mended how time is reckoned. Colleagues can go on working meanwhile.
    """
    set_up_django()
    from portevoix.record.operations.replay import replay as mend  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.replay_differences import conversation_batches, differences  # noqa: PLC0415

    count, wrong = 0, 0
    for batch in conversation_batches(BATCH):
        rows = differences(batch) if look else mend(batch)
        for one in rows[: max(0, MOST_SHOWN - wrong)]:
            click.echo(f"no. {one.conversation}, {one.what}: {one.stored} was stored, {one.replayed} is what happened")
        count, wrong = count + len(batch), wrong + len(rows)
    click.echo(f"{count} conversations replayed. {_summary(wrong, look=look)}")
    sys.exit(DIFFERS if look and wrong else 0)


def _summary(wrong: int, *, look: bool) -> str:
    if not wrong:
        return "All is as their events say."
    return f"Stored values that differ: {wrong}." if look else f"Stored values that differed and are mended: {wrong}."
