"""Command groups that load their commands when called, so that `--help` is fast."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class Lazy(click.Group):
    """A group whose commands live in one module each: `portevoix.cli.measures` holds `measures`.

    `package` is that of the modules; `lines` gives each command its line of help.
    """

    def __init__(self, *, package: str, lines: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self._package, self._lines = package, lines

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lines:
            return None
        module = importlib.import_module(f"{self._package}.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._lines.items()))
