"""A rebuild that was broken off is begun again when the read models are opened next."""

from sqlalchemy import update

from domain.model import Position
from infrastructure.ledger.projector import Projector
from infrastructure.read_models.columns import progress


def test_a_model_left_behind_is_built_again(database, ledger):
    ledger.founded("origin")
    Projector(database).catch_up()
    with database.read_models_engine.begin() as db:
        db.execute(update(progress).where(progress.c.model == "people").values(position=0))

    projector = Projector(database)
    assert projector.catch_up() == Position(1)
    assert {model.position for model in projector.status().models} == {1}
