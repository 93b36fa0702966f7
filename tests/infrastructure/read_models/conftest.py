import pytest

from infrastructure.database import Database
from infrastructure.ledger.writer import Writer
from tests.cast import everybody
from tests.infrastructure.read_models.support import TERRITORY, Movement


@pytest.fixture
def movement(database: Database, ledger: Writer) -> Movement:
    """The cast in their territory, with nothing taught yet."""
    movement = Movement(database, ledger)
    movement.live(*TERRITORY, *everybody())
    return movement
