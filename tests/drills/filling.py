"""A ledger on a disk that fills up and is given room again: `python -m tests.drills.filling HOME`."""

import json
import sys
from pathlib import Path

from application.ports import Receipt, Unavailable
from domain.model import Selector
from infrastructure.database import Database
from infrastructure.ledger.check import check
from infrastructure.ledger.writer import Writer
from tests.infrastructure.ledger.support import apart, register

BALLAST = 1 << 20


def main(home: Path) -> None:
    database = Database.open(None, home)
    database.prepare()
    ledger = Writer(database)
    ledger.founded("full-disk")
    (home / "ballast").write_bytes(bytes(BALLAST))
    outcomes: list[type] = [Receipt]  # its founding
    while outcomes[-1] is Receipt:
        outcomes += [type(one) for one in apart(ledger, register(f"p{len(outcomes)}"))]
    refused = [type(one) for one in apart(ledger, *(register(f"late{n}") for n in range(5)))]
    read = len(ledger.history([Selector()]))
    (home / "ballast").unlink()
    healed = [type(one) for one in apart(ledger, *(register(f"healed{n}") for n in range(50)))]
    ledger.close()
    findings = check(database)
    database.close()
    print(
        json.dumps(
            {
                "told": outcomes[-1] is Unavailable and set(refused) <= {Unavailable, Receipt},
                "receipts_stand": read == sum(one is Receipt for one in outcomes + refused),
                "healed": set(healed) == {Receipt},
                "sound": findings.sound,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
