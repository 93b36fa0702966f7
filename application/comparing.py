"""What cannot be compared on a board, in the movement's words."""

from domain.model import Refused


class CampaignElsewhere(Refused):
    """A campaign is compared in the unit that holds it (`unit`) and in those below it."""


class DaysIncomplete(Refused):
    """Of the first and the last day one alone is named."""


class DaysReversed(Refused):
    """The last day lies before the first one."""


class DaysOfMentorsOnly(Refused):
    """Teams, workplaces and units are compared by periods that are kept."""


class TooManyForDays(Refused):
    """Free days are counted while somebody waits, for `most` mentors at a time."""


class LargerThanAWorkbook(Refused):
    """A workbook holds at most `most` rows of a board that has `rows`."""
