"""Boards, campaigns, statuses, criteria and award lists."""

from typing import Final

from application import comparing
from domain import campaigns, criteria, statuses
from infrastructure.read_models import nominees
from interfaces.web import limits
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Reasons, Sentences

TABLE: Final[Sentences] = {
    limits.NoSuchBoard: (404, mark("There is no such board.")),
    statuses.StatusNotReached: (422, mark("The criteria of this status are not met.")),
    statuses.StatusNotHeld: (409, mark("This status is not held.")),
    statuses.StatusStillReached: (409, mark("The criteria of this status are still met.")),
    criteria.BadCriteria: (422, mark("These criteria cannot be counted by: %(field)s.")),
    campaigns.BadCampaign: (422, mark("A campaign cannot have these days.")),
    campaigns.CampaignExists: (409, mark("A campaign of that name stands here on some of the same days.")),
    campaigns.TooManyCampaigns: (
        409,
        mark("%(limit)s campaigns stand in this unit. Please withdraw one first."),
    ),
    campaigns.NoSuchCampaign: (404, mark("There is no such campaign, or it is not one of your unit.")),
    comparing.CampaignElsewhere: (
        422,
        mark("This campaign is held in %(unit)s. It is compared there, and in the units below."),
    ),
    comparing.DaysIncomplete: (422, mark("Please say both days, the first one and the last one.")),
    comparing.DaysReversed: (422, mark("The last day lies before the first one.")),
    comparing.TooManyDays: (
        422,
        mark(
            "Units are compared by at most %(most)s days of your own choice. Please choose fewer days, or a "
            "quarter, a year or a campaign."
        ),
    ),
    comparing.TooManyForDays: (
        422,
        mark(
            "These days hold more than can be counted while you wait. Please choose a smaller unit or fewer "
            "days; or a month, a quarter, a year or a campaign."
        ),
    ),
    comparing.LargerThanAWorkbook: (
        422,
        mark(
            "This board has %(rows)s rows, a workbook holds %(most)s. Please take the CSV file, or choose a "
            "smaller unit."
        ),
    ),
    nominees.NoCriteria: (422, mark("No criteria had been adopted for this unit by that day.")),
    nominees.BadCutoff: (422, mark("The second day lies before the first one.")),
}

WHY: Final[Reasons] = {
    (campaigns.BadCampaign, "order"): mark("The last day lies before the first one."),
    (campaigns.BadCampaign, "long"): mark("A campaign lasts at most %(days)s days."),
    (campaigns.BadCampaign, "early"): mark("The movement began in %(year)s: no campaign is older."),
    (campaigns.BadCampaign, "late"): mark("A campaign is announced at most two years before it begins."),
}
