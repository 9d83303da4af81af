"""A server of the tests in a process of its own: whoever starts it has no threads, and may be forked."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from typing import Any, Concatenate

PATIENCE = 60.0  # seconds


class Elsewhere[T]:
    """Asks what is there: functions of a module, which get it as their first argument."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def ask[**P, R](self, work: Callable[Concatenate[T, P], R], *given: P.args, **named: P.kwargs) -> R:
        self._pipe.send((work, given, named))
        assert self._pipe.poll(PATIENCE), f"{work.__name__} does not end"
        failed, value = self._pipe.recv()
        assert not failed, value
        return value


@contextmanager
def elsewhere[T](make: Callable[..., AbstractContextManager[T]], *given: Any) -> Iterator[Elsewhere[T]]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, make, given), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Elsewhere(ours)
    finally:
        process.kill()
        process.join()


def _serve(pipe: Connection, make: Callable[..., AbstractContextManager[Any]], given: tuple[Any, ...]) -> None:
    with make(*given) as there:
        while True:
            work, more, named = pipe.recv()
            try:
                pipe.send((False, work(there, *more, **named)))
            except Exception as error:  # noqa: BLE001 -- whatever it is, who asked is told
                pipe.send((True, repr(error)))
