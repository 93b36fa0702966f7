"""The same people everywhere. Lan and Hòa teach, Bà Tư and Ông Sáu learn, Minh organizes Tuy
Phước commune, Hạnh sits on the committee. Factories name only what matters to a test."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.credit import RuleCredit
from domain.declarations import AnswerDeclaration, DeclareCriteria, LoseCriterion
from domain.household_members import JoinHousehold, LeaveHousehold, RegisterHousehold
from domain.households import Criterion, Declared
from domain.markets import OpenMarket
from domain.merging import MergePeople, UndoMerge
from domain.model import (
    Answer,
    By,
    Channel,
    Decision,
    DeclarationId,
    Evidence,
    Fact,
    Group,
    HouseholdId,
    LessonId,
    MarketId,
    OnboardingId,
    PersonId,
    Skill,
    TeachingId,
    UnitId,
    VendorId,
    VoidReason,
)
from domain.onboarding import AnswerOnboarding, LogOnboarding, VoidOnboarding
from domain.people import Newcomer, PersonRegistered
from domain.teaching import AnswerTeaching, LogLesson, Pupil, VoidTeaching
from domain.vendors import LeaveMarket, Means, RegisterVendor, SeeTrading
from domain.who_is_who import Groups

NOW = datetime(2026, 3, 15, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 15)
YESTERDAY = TODAY - timedelta(days=1)

LAN = PersonId("lan")
HOA = PersonId("hoa")
TU = PersonId("ba-tu")
SAU = PersonId("ong-sau")
MINH = PersonId("minh")
HANH = PersonId("hanh")
EVERYBODY = (LAN, HOA, TU, SAU, MINH, HANH)

COUNTRY = UnitId("vn")
GIA_LAI = UnitId("gia-lai")
TUY_PHUOC = UnitId("tuy-phuoc")

VNEID = Skill("vneid")
PAYING = Skill("cashless-payment")
SERVICES = Skill("online-public-service")

BY = By("account:minh")


def learner(number: int) -> PersonId:
    """One of any number of further learners."""
    return PersonId(f"learner-{number}")


Happened = Fact | Decision


def registered(*people: PersonId, unit: UnitId = TUY_PHUOC) -> list[Happened]:
    return [
        PersonRegistered(at=NOW, by=BY, person=person, group=Group.PEOPLE, unit=unit) for person in people
    ]


def everybody(*others: PersonId) -> list[Happened]:
    """All of the cast are registered, and whoever else is named."""
    return registered(*EVERYBODY, *others)


def lesson(ambassador: PersonId, *learners: PersonId, called: str = "", **other: Any) -> LogLesson:
    """A lesson in VNeID yesterday in Tuy Phước; teachings are called `lan/ba-tu` and so on."""
    called = called or ambassador
    request: dict[str, Any] = {
        "lesson": LessonId(called),
        "ambassador": ambassador,
        "unit": TUY_PHUOC,
        "on": YESTERDAY,
        "skills": (VNEID,),
        "channel": Channel.ONE_TO_ONE,
        "pupils": tuple(Pupil(teaching=TeachingId(f"{called}/{one}"), learner=one) for one in learners),
        "late_entry_days": 30,
        "by": By(f"account:{ambassador}"),
    }
    return LogLesson(**(request | other))


def newcomers(*people: PersonId, group: Group = Group.PEOPLE) -> tuple[Newcomer, ...]:
    return tuple(Newcomer(person=person, group=group) for person in people)


def teaching(ambassador: PersonId, who: PersonId) -> TeachingId:
    return TeachingId(f"{ambassador}/{who}")


LAN_TU = teaching(LAN, TU)
HOA_TU = teaching(HOA, TU)


def answer(of: TeachingId, says: Answer | str = Answer.ABLE, **other: Any) -> AnswerTeaching:
    request: dict[str, Any] = {"evidence": Evidence.OWN_DEVICE, "by": By(f"code:{of}")}
    return AnswerTeaching(teaching=of, answer=Answer(says), **(request | other))


def void(of: TeachingId, **other: Any) -> VoidTeaching:
    return VoidTeaching(**({"teaching": of, "reason": VoidReason.NOT_TAUGHT, "by": BY} | other))


def ruling(of: TeachingId, **other: Any) -> RuleCredit:
    """Minh rules on who taught Bà Tư VNeID."""
    request: dict[str, Any] = {
        "person": TU,
        "skill": VNEID,
        "teaching": of,
        "reason": VoidReason.DUPLICATE,
        "ruler": MINH,
        "by": BY,
    }
    return RuleCredit(**(request | other))


def merge(person: PersonId, into: PersonId, aliases: Groups = ()) -> MergePeople:
    return MergePeople(person=person, into=into, aliases=aliases, by=BY)


def undo(person: PersonId, into: PersonId) -> UndoMerge:
    return UndoMerge(person=person, into=into, by=BY)


def taught(ambassador: PersonId, learners: Iterable[PersonId]) -> list[Decision]:
    """A lesson, and each learner's yes."""
    learners = tuple(learners)
    return [lesson(ambassador, *learners), *(answer(teaching(ambassador, one)) for one in learners)]


HOME = HouseholdId("nha-ba-tu")
ELSEWHERE = HouseholdId("nha-ong-sau")
DECLARED = DeclarationId("declared")
CHO = MarketId("cho-go-boi")
SAU_SELLS = VendorId("ong-sau-sells")
ONBOARDED = OnboardingId("onboarded")


def household(*members: PersonId, of: HouseholdId = HOME, **other: Any) -> RegisterHousehold:
    """Lan enters a family in Tuy Phước yesterday."""
    request: dict[str, Any] = {
        "household": of,
        "unit": TUY_PHUOC,
        "ambassador": LAN,
        "members": members,
        "on": YESTERDAY,
        "by": By("account:lan"),
    }
    return RegisterHousehold(**(request | other))


def joins(person: PersonId, of: HouseholdId = HOME, **other: Any) -> JoinHousehold:
    return JoinHousehold(**({"household": of, "person": person, "by": BY} | other))


def leaves(person: PersonId, of: HouseholdId = HOME, **other: Any) -> LeaveHousehold:
    return LeaveHousehold(**({"household": of, "person": person, "by": BY} | other))


def declares(*criteria: Criterion, member: PersonId | None = None, **other: Any) -> DeclareCriteria:
    """Lan declares what Bà Tư's family meets."""
    declared = tuple(
        Declared(criterion=one, member=member if one is Criterion.PROFICIENT_MEMBER else None)
        for one in criteria
    )
    request: dict[str, Any] = {
        "household": HOME,
        "declaration": DECLARED,
        "ambassador": LAN,
        "declared": declared,
        "on": YESTERDAY,
        "by": By("account:lan"),
    }
    return DeclareCriteria(**(request | other))


def says(*criteria: Criterion, answer: Answer | str = Answer.ABLE, **other: Any) -> AnswerDeclaration:
    """Bà Tư answers for what Lan declared of her family."""
    request: dict[str, Any] = {
        "household": HOME,
        "declaration": DECLARED,
        "person": TU,
        "answers": dict.fromkeys(criteria, Answer(answer)),
        "evidence": Evidence.OWN_DEVICE,
        "by": By("code:declared"),
    }
    return AnswerDeclaration(**(request | other))


def loses(criterion: Criterion) -> LoseCriterion:
    return LoseCriterion(household=HOME, criterion=criterion, by=BY)


def market(**other: Any) -> OpenMarket:
    """Chợ Gò Bồi in Tuy Phước, where the board declares one stall."""
    request: dict[str, Any] = {"market": CHO, "unit": TUY_PHUOC, "name": "Chợ Gò Bồi", "stalls": 1, "by": BY}
    return OpenMarket(**(request | other))


def sells(person: PersonId = SAU, **other: Any) -> RegisterVendor:
    """Ông Sáu, or somebody, sells at Chợ Gò Bồi, as the vendor `ong-sau-sells`."""
    request: dict[str, Any] = {
        "vendor": VendorId(f"{person}-sells"),
        "market": CHO,
        "person": person,
        "by": BY,
    }
    return RegisterVendor(**(request | other))


def onboards(vendor: VendorId = SAU_SELLS, **other: Any) -> LogOnboarding:
    """Lan brought a vendor to cashless payment yesterday."""
    request: dict[str, Any] = {
        "onboarding": ONBOARDED,
        "vendor": vendor,
        "ambassador": LAN,
        "means": (Means.CASHLESS_PAYMENT,),
        "on": YESTERDAY,
        "late_entry_days": 30,
        "by": By("account:lan"),
    }
    return LogOnboarding(**(request | other))


def vendor_says(
    answer: Answer | str = Answer.ABLE, of: OnboardingId = ONBOARDED, **other: Any
) -> AnswerOnboarding:
    request: dict[str, Any] = {"evidence": Evidence.OWN_DEVICE, "by": By("code:onboarded")}
    return AnswerOnboarding(onboarding=of, answer=Answer(answer), **(request | other))


def void_onboarding(of: OnboardingId = ONBOARDED, **other: Any) -> VoidOnboarding:
    return VoidOnboarding(**({"onboarding": of, "reason": VoidReason.NOT_TAUGHT, "by": BY} | other))


def seen_trading(vendor: VendorId = SAU_SELLS, **other: Any) -> SeeTrading:
    request: dict[str, Any] = {
        "vendor": vendor,
        "means": Means.CASHLESS_PAYMENT,
        "on": YESTERDAY,
        "by": BY,
    }
    return SeeTrading(**(request | other))


def leaves_market(vendor: VendorId = SAU_SELLS, **other: Any) -> LeaveMarket:
    request: dict[str, Any] = {"vendor": vendor, "on": TODAY, "by": BY}
    return LeaveMarket(**(request | other))
