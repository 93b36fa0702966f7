"""What cannot be compared on a board, in the movement's words."""

from domain.model import Refused


class CampaignElsewhere(Refused):
    """A campaign is compared in the unit that holds it (`unit`) and in those below it."""


class DaysIncomplete(Refused):
    """Of the first and the last day one alone is named."""


class DaysReversed(Refused):
    """The last day lies before the first one."""


class TooManyDays(Refused):
    """Units are compared by at most `most` free days on end."""


class TooManyForDays(Refused):
    """Free days are counted while somebody waits: not for that many rows and days at a time."""


class LargerThanAWorkbook(Refused):
    """A workbook holds at most `most` rows of a board that has `rows`."""
