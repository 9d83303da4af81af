"""`portevoix work`."""

import signal

import click

from portevoix.cli.setup import ready


@click.command()
def work() -> None:
    """Receive, sort and deliver, until stopped (Ctrl-C, or SIGTERM: what is being done is finished first).

    Any number of workers may run at once: each claims what it does.
    """
    ready()
    from portevoix.desk import presence  # noqa: PLC0415 -- Django is ready only now
    from portevoix.exchange.work import Worker  # noqa: PLC0415

    worker = Worker(sweeps=[presence.sweep])
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    worker.run()
