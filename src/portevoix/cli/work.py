"""`portevoix work`."""

import signal

import click

from portevoix.cli.django_setup import set_up_service

_STOPS = (signal.SIGTERM, signal.SIGINT)


@click.command()
def work() -> None:
    """Receive, sort, deliver and, once a day, forget what has been kept long enough, until stopped.

    Ctrl-C and SIGTERM let what is in hand finish first; a second one ends the worker at once, and another one takes up
    what it had in hand after five minutes. Any number of workers may run at once: each claims what it does.
    """
    set_up_service()
    from portevoix.config.product_jobs import product_jobs  # noqa: PLC0415 -- Django is ready only now
    from portevoix.config.product_letters import register_writers  # noqa: PLC0415
    from portevoix.exchange.worker import Worker  # noqa: PLC0415

    register_writers()
    worker = Worker(product_jobs())

    def stop(*_: object) -> None:
        worker.stop()
        for name in _STOPS:
            signal.signal(name, signal.SIG_DFL)

    for name in _STOPS:
        signal.signal(name, stop)
    worker.run()
