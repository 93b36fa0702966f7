"""People's rights over their data: why others read it, and what a person may ask for."""

from enum import StrEnum


class Why(StrEnum):
    """What somebody else's personal data is read for; the access log keeps it with each read."""

    REVIEW = "review"  # looking into an entry of one's unit
    BOARD = "board"  # comparing people of one's unit
    FAMILY = "family"  # a family, by who does not belong to it
    MARKET = "market"  # vendors of a market
    AWARDS = "awards"  # comparing and deciding over nominees
    EXPORT = "export"  # a file that leaves the service
    LOOKUP = "lookup"  # finding somebody's entry
    REQUEST = "request"  # answering what a person asked for
    ACCOUNTS = "accounts"  # who holds which role
    AUDIT = "audit"  # the access log itself
