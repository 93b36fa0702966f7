"""Families that learn together, and markets whose vendors take digital payments."""

from collections.abc import Sequence
from typing import Final

from application.simulation.deeds import (
    AnswerOnboarding,
    Onboard,
    OpenMarket,
    Sell,
    Settle,
    Sight,
    Wave,
)
from application.simulation.draft import Draft
from application.simulation.lessons import Teaching, skills
from domain.model import Answer, Group
from domain.vendors import Means

OWN_FAMILY: Final = 0.26  # the share of ambassadors who bring their own family along
NEIGHBOURS: Final = 0.05  # the share who register a family that nobody teaches in
AMBASSADORS_PER_MARKET: Final = 75
SMALL: Final = 0.35
NAMES: Final = ("Chợ {}", "Chợ Mới {}", "Chợ Chiều {}")
MEANS: Final = (
    ((Means.CASHLESS_PAYMENT,), 70),
    ((Means.CASHLESS_PAYMENT, Means.E_COMMERCE), 18),
    ((Means.CASHLESS_PAYMENT, Means.DIGITAL_SAVINGS), 12),
)
STILL_TRADING: Final = 0.5  # in a pilot 70% had a QR code, and half of those traded with it


class Places:
    """Numbers households, markets and vendors as they come."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.households = 0
        self.markets = 0
        self.vendors = 0

    def family(self, teaching: Teaching, joined: int) -> None:
        """The ambassador's own: relatives taught three skills, sharing a phone; or a neighbour's."""
        draft = self.draft
        if draft.happens(OWN_FAMILY):
            phone = draft.person(teaching.ambassador).phone
            relatives = tuple(
                draft.somebody(teaching.commune, group=Group.PEOPLE, phone=phone)
                for _ in range(draft.chance.randint(1, 3))
            )
            day = draft.day_from(joined)
            lesson = teaching.lesson(day, relatives, skills(draft.chance, 3))
            if lesson is not None:
                for relative in relatives:
                    teaching.answer(day, lesson, relative)
                self._settle(day + draft.delay(), teaching, (teaching.ambassador, *relatives))
        elif draft.happens(NEIGHBOURS):
            neighbours = tuple(draft.somebody(teaching.commune, group=Group.PEOPLE) for _ in range(3))
            self._settle(draft.day_from(joined), teaching, neighbours)

    def _settle(self, day: int, teaching: Teaching, members: tuple[int, ...]) -> None:
        deed = Settle(self.households, teaching.ambassador, teaching.place, members, self.draft.date(day))
        if self.draft.add(day, Wave.SETTLE, deed):
            self.households += 1

    def market(
        self, commune: str, title: str, organizer: int, ambassadors: Sequence[tuple[int, int]]
    ) -> None:
        """A market with its vendors, brought in by the commune's ambassadors (each from a day on)."""
        draft = self.draft
        stalls = draft.chance.randint(6, 12) if draft.happens(SMALL) else draft.chance.randint(15, 60)
        market = self.markets
        self.markets += 1
        opened = draft.chance.randrange(max(draft.length // 4, 1))
        draft.add(opened, Wave.SETTLE, OpenMarket(market, organizer, commune, title, stalls))
        reached = stalls if draft.happens(0.4) else round(stalls * draft.chance.betavariate(2, 2))
        for _ in range(reached):
            ambassador, joined = draft.chance.choice(ambassadors)
            self._vendor(draft.day_from(max(opened, joined)), market, commune, ambassador)

    def _vendor(self, day: int, market: int, commune: str, ambassador: int) -> None:
        draft = self.draft
        who = draft.somebody(commune, group=Group.PEOPLE)
        vendor = self.vendors
        if not draft.add(day, Wave.SELL, Sell(vendor, market, who, ambassador)):
            return
        self.vendors += 1
        means = draft.chance.choices([means for means, _ in MEANS], [weight for _, weight in MEANS])[0]
        draft.add(day, Wave.ONBOARD, Onboard(vendor, ambassador, means, draft.date(day)))
        answered = day + draft.delay()
        if draft.happens(0.96):
            answer = Answer.ABLE if draft.happens(0.8) else Answer.TAUGHT
            draft.add(answered, Wave.ANSWER, AnswerOnboarding(vendor, answer))
        if draft.happens(STILL_TRADING):
            seen = answered + draft.chance.randint(3, 20)
            if seen < draft.length:
                draft.add(seen, Wave.MEND, Sight(vendor, ambassador, means[0], draft.date(seen)))
