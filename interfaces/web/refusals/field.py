"""What phones send from the field."""

from typing import Final

from application import field
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Sentences

TABLE: Final[Sentences] = {
    field.Incomplete: (422, mark("Please fill in: %(field)s.")),
    field.NewerPhone: (400, mark("This phone's version is newer than the server. Please try later.")),
    field.EntryTooLarge: (413, mark("One entry takes more than %(limit)s KB. Please divide it.")),
    field.NotYetSent: (503, mark("What this belongs to is not recorded yet. It is sent again with it.")),
    field.NotWithdrawn: (
        422,
        mark("A family is put right on its own page: there somebody leaves it, or a criterion ends."),
    ),
}
