"""A group whose commands are imported when they are asked for: a list of them needs no database."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click


class AtFirstUse(click.Group):
    """`places` says where each command is, as `start:init`, and `about` is its line in the list.

    `dress` is given each command with its name when it is imported, before anybody sees it."""

    def __init__(self, *args: Any, places: Mapping[str, str], about: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        # By these names click also guesses what somebody meant who misspelt one.
        self.commands = {name: click.Command(name) for name in places}
        self.about = about
        self.dress: Callable[[str, click.Command], None] = lambda _name, _command: None
        self._places = dict(places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if (place := self._places.get(cmd_name)) is not None:
            module, _colon, command = place.partition(":")
            self.commands[cmd_name] = getattr(import_module(f"interfaces.cli.{module}"), command)
            self.dress(cmd_name, self.commands[cmd_name])
            self._places.pop(cmd_name, None)  # last: whoever asks at the same time waits for the import
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.about[name]) for name in self.list_commands(ctx)])

    def import_all(self) -> None:
        context = click.Context(self)
        for name in self.list_commands(context):
            self.get_command(context, name)
