"""Page of the commands: in English the very help that they print, in French what it says."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import click

from portevoix.cli.main import COMMANDS, portevoix
from tools.french import French


def sections(french: French | None = None) -> Iterator[str]:
    """Yield what the page says of each command, and of those inside of it."""
    context = click.Context(portevoix, info_name="portevoix", **portevoix.context_settings)
    for name in COMMANDS:
        yield from _sections(portevoix, name, context, french)


def _sections(group: click.Group, name: str, parent: click.Context, french: French | None) -> Iterator[str]:
    command = group.get_command(parent, name)
    assert command is not None
    context = click.Context(command, info_name=name, parent=parent, max_content_width=100)
    command._help_option = None  # as Click left it when somebody called the command by itself, without -h
    yield f"## {context.command_path}"
    yield from _french(command, context, french) if french else _english(command, context)
    if isinstance(command, click.Group):
        for inner in sorted(command.list_commands(context)):
            yield from _sections(command, inner, context, french)


def _english(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"```text\n{command.get_help(context).rstrip()}\n```"


def _french(command: click.Command, context: click.Context, french: French) -> Iterator[str]:
    yield f"```text\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```"
    for block in inspect.cleandoc(command.help or "").split("\n\n"):
        as_it_stands = block.startswith("\b\n")
        yield from _lines(block.splitlines()[1:], french) if as_it_stands else [french(" ".join(block.split()))]
    options = [one for one in command.params if isinstance(one, click.Option)]
    rows = [f"| {_name(one)} | {_meaning(one, context, french)} |" for one in options]
    if rows:
        yield "\n".join([f"| {french('option')} | |", "|---|---|", *rows])
    if isinstance(command, click.Group):
        names = sorted(command.list_commands(context))
        path = context.command_path.replace(" ", "-")
        yield f"{french('Commands')}\u00a0: {', '.join(f'[{name}](#{path}-{name})' for name in names)}."


def _lines(lines: list[str], french: French) -> Iterator[str]:
    """Yield lines that stand as they were written: what is run in a block, and the rest a paragraph each."""
    run: list[str] = []
    for line in lines:
        if line.startswith("Example: portevoix "):
            yield french("Example:")
            run.append(french.if_any(line.removeprefix("Example: ")))
        elif line.startswith(" "):
            run.append(french.if_any(line.strip()))
        else:
            yield french(line)
    if run:
        yield "\n".join(["```sh", *run, "```"])


def _name(option: click.Option) -> str:
    if option.is_flag or isinstance(option.type, click.Choice):
        return f"`{option.opts[0]}`"
    metavar = option.metavar or ("N" if isinstance(option.type, click.IntRange) else option.type.name.upper())
    return f"`{option.opts[0]} {metavar}`"


def _meaning(option: click.Option, context: click.Context, french: French) -> str:
    words = [french(option.help)] if option.help else []
    extra: dict[str, Any] = dict(option.get_help_extra(context))
    more = [french("required")] if "required" in extra else []
    if isinstance(option.type, click.Choice):
        more.append(french("one of {choices}").format(choices=", ".join(f"`{one}`" for one in option.type.choices)))
    if "range" in extra:
        more.append(_range(extra["range"], french))
    if "default" in extra:
        more.append(french("`{value}` by default").format(value=extra["default"]))
    if more:
        line = "\u00a0; ".join(more)
        words.append(f"{line[0].upper()}{line[1:]}.")
    return " ".join(words)


def _range(limits: str, french: French) -> str:
    least, most = re.match(r"(\d+)<=", limits) or re.search(r">=(\d+)", limits), re.search(r"<=(\d+)$", limits)
    assert least, limits
    if most:
        return french("from {least} to {most}").format(least=least[1], most=most[1])
    return french("{least} or more").format(least=least[1])
