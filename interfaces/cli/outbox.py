"""`lantoa outbox`: what reminders wait, and sending them now."""

from typing import TYPE_CHECKING

import click

from application.reminders import State
from interfaces.cli.console import Console
from interfaces.cli.place import as_json, in_the_house

if TYPE_CHECKING:
    from interfaces.house import House


@click.group()
def outbox() -> None:
    """Reminders to units that owe a report or are silent.

    They leave by e-mail (LANTOA_SMTP_URL, LANTOA_SMTP_FROM), through a gateway of SMS or Zalo
    (LANTOA_WEBHOOK_URL, LANTOA_WEBHOOK_SECRET), or are printed where neither is set. A serving
    process makes them once a day and sends what is due.
    """


@outbox.command("list")
@click.option("--state", type=click.Choice([one.value for one in State]), help="Only those.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@as_json
@in_the_house
def list_(house: "House", console: Console, *, state: str | None, limit: int) -> None:
    """List reminders, the latest first: ids only, no names."""
    found = house.outbox.queue(states=[State(state)] if state else [], limit=limit)
    lines = [
        f"{one.reminder.key}  {one.state:<10}  {one.attempts} tried  {one.reminder.kind}  "
        f"{one.reminder.unit}  {one.reminder.about}{f'  {one.why}' if one.why else ''}"
        for one in found
    ]
    counts = house.outbox.counts()
    standing = ", ".join(f"{many} {one}" for one, many in counts.items() if many) or "nothing"
    console.answer(
        {"sender": house.settings.outgoing.sender, "counts": counts, "rows": found},
        "\n".join([*lines, f"By {house.settings.outgoing.sender}: {standing}."]),
    )


@outbox.command()
@as_json
@in_the_house
def send(house: "House", console: Console) -> None:
    """Make the reminders of today, and send everything that waits now.

    Each is tried once; what fails is tried again later by the server. Beside a running server it
    is safe: a message is never sent by two at once.
    """
    from interfaces.reminding import delivery, make

    new = make(house)
    house.outbox.hurry()
    done = delivery(house).all_due()
    said = f"{new} made; {done.sent} sent, {done.failed} failed, {done.needless} not needed."
    console.answer({"made": new, "sent": done.sent, "failed": done.failed, "needless": done.needless}, said)
