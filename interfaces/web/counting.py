"""By which criteria figures are counted: shown wherever figures are."""

from datetime import date

import msgspec

from application.ports import Unit
from domain.criteria import DEFAULT, DEFAULT_DOCUMENT, Criteria, content_hash
from infrastructure.read_models import criteria
from interfaces.house import Questions
from interfaces.web import language


class Counting(msgspec.Struct, frozen=True, kw_only=True):
    """Criteria by the document that decided them. Document and day are null while nothing was
    adopted and the program's own default stands in."""

    title: str
    document: str | None
    valid_from: date | None
    content_hash: str


def counting(db: Questions, unit: Unit, on: date) -> Counting:
    """What counts in a unit on a day."""
    adopted, content = standing(db, unit, on)
    if adopted is None:
        return Counting(
            title=title(content), document=None, valid_from=None, content_hash=content_hash(content)
        )
    return Counting(
        title=title(content),
        document=adopted.document,
        valid_from=adopted.valid_from,
        content_hash=adopted.content_hash,
    )


def standing(db: Questions, unit: Unit, on: date) -> tuple[criteria.Adoption | None, Criteria]:
    """The adoption that stands in a unit, and what it says (the default where there is none)."""
    adopted = criteria.standing(db, unit.path, on)
    return adopted, adopted.content if adopted else DEFAULT


def title(content: Criteria) -> str:
    return content.title_vi if language.current() == "vi" else content.title_en


def criteria_by(document: str | None) -> str:
    """How a page names criteria: by their document, or as the default ones where nobody decided."""
    if document is None or document == DEFAULT_DOCUMENT:
        return language.gettext("default criteria")
    return language.gettext("criteria: %(name)s", name=document)
