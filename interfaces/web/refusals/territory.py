"""Units and how they change; what waits to be placed in the parts of a divided one."""

from typing import Final

from application import lookups, placing
from application import reforms as reforming
from domain import placing as placings
from domain import reforms, territory
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Sentences

TABLE: Final[Sentences] = {
    lookups.UnitIsNoMore: (
        409,
        mark("This unit is no more since %(day)s. It is now %(now)s: please choose that one."),
    ),
    lookups.NotACommune: (
        422,
        mark("Please choose a commune, a ward, a special zone or a hamlet, not a unit above them."),
    ),
    reforms.NoSuchUnit: (404, mark("There is no such unit.")),
    reforms.UnitHasEnded: (409, mark("This unit is no more: it was merged, split or abolished before.")),
    reforms.BeforeItBegan: (422, mark("The day lies before the day that the unit began on.")),
    reforms.NotYetInForce: (422, mark("A change is recorded on the day it takes effect, or later.")),
    reforms.IntoItself: (422, mark("A unit is neither merged into itself nor split into itself.")),
    reforms.OtherLevel: (
        422,
        mark("Communes become communes and provinces provinces; only districts became special zones."),
    ),
    reforms.NoParts: (
        422,
        mark("Name each unit once: at least one to merge, at least two to split into, at most %(limit)s."),
    ),
    reforms.BadUnitCode: (422, mark("A province's code has two digits, a commune's five.")),
    reforms.UnitCodeTaken: (409, mark("Another unit bears that code today.")),
    reforms.ProvincesAreNotSplit: (
        422,
        mark("A province is divided by merging each of its communes into one of the other province."),
    ),
    reforms.BadDocument: (422, mark("Please write the number of the document, such as 1664/NQ-UBTVQH15.")),
    reforms.WrongParent: (422, mark("Provinces lie in the country; communes and wards in a province.")),
    placings.NobodyToPlace: (422, mark("Please choose who lives there, at most %(limit)s at once.")),
    placings.PlacedElsewhere: (409, mark("Somebody placed one of them in another unit meanwhile.")),
    placings.NotAPartOfIt: (422, mark("Please choose one of the units among which it was divided.")),
    placings.NotInDoubt: (409, mark("Where one of them lies is known: their commune was not divided.")),
    placings.SameNameThere: (
        409,
        mark("A team called “%(name)s” stands there already: please give one of the two another name first."),
    ),
    placings.PartHasEnded: (409, mark("This unit is no more: please choose one that stands.")),
    placing.NothingKnown: (404, mark("One of them is not known, or lies outside your units.")),
    reforming.NoDocument: (422, mark("Please write the number of the document that decided it.")),
    reforming.NoBoundaries: (422, mark("The boundaries of before %(since)s are not known here.")),
    reforming.NothingSaid: (422, mark("Say what it is to be from then on.")),
    territory.UnitDiffers: (409, mark("This unit was established before as another one.")),
    territory.NoSuchParent: (404, mark("The unit above is not known.")),
    territory.NotUnderThat: (422, mark("A hamlet lies under a commune, a ward or a special zone.")),
    territory.HamletExists: (409, mark("There is a hamlet of that name already.")),
    territory.CommuneHasEnded: (
        409,
        mark("This commune is no more: a new hamlet lies under one that stands."),
    ),
}
