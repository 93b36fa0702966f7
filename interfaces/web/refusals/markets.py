"""Markets and their vendors."""

from typing import Final

from application import onboarding
from domain import digital_markets, vendors
from domain import markets as domain_markets
from domain import onboarding as domain_onboarding
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Sentences

TABLE: Final[Sentences] = {
    onboarding.UnknownOnboarding: (404, mark("There is no such entry, or it is not one of yours.")),
    domain_markets.MarketExists: (409, mark("This unit has a market of that name already.")),
    domain_markets.NoSuchMarket: (404, mark("There is no such market.")),
    domain_markets.ImpossibleStalls: (422, mark("A market has at most %(limit)s stalls.")),
    vendors.VendorExists: (409, mark("This person sells at the market already.")),
    vendors.NoSuchVendor: (404, mark("There is no such vendor.")),
    domain_onboarding.NothingOnboarded: (422, mark("Please choose at least one means.")),
    domain_onboarding.SameMeansTwice: (422, mark("The same means is chosen twice.")),
    digital_markets.TooFewVendors: (
        422,
        mark("%(counted)s of %(out_of)s vendors are fewer than %(percent)s%%."),
    ),
    digital_markets.TooFewVendorsUnverified: (
        422,
        mark("%(counted)s of %(out_of)s vendors are fewer than %(percent)s%%, an unverified threshold."),
    ),
    digital_markets.MarketNotRecognised: (409, mark("The market is not a digital market.")),
    digital_markets.MarketStillMeetsCriteria: (409, mark("The market still meets the criteria.")),
}
