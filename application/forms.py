"""What people send in: every field bounded, unknown fields refused.

Shapes only. What a name, a phone or a code may be is said by `application/identity.py`,
what may happen by the decisions. `submission` is minted by the client, so that sending
again is harmless.
"""

from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from domain.closing import ReopenReason
from domain.households import Criterion
from domain.markets import Means
from domain.milestones import Milestone
from domain.model import Answer, Channel, Group, Model, Role, VoidReason
from domain.people import Purpose
from domain.surveys import Source, Tells
from domain.targets import Comparator, Reason
from domain.teams import DisbandReason
from domain.territory import UnitKind
from domain.visits import Finding
from domain.workplaces import WorkplaceKind

# `$` would also match before a line break at the end; this does not, in Python and in JavaScript.
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+(?![\s\S])")]
UnitRef = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Code = Annotated[str, msgspec.Meta(min_length=8, max_length=16)]
Text = Annotated[str, msgspec.Meta(max_length=400)]
Note = Annotated[str, msgspec.Meta(max_length=2_000)]
Year = Annotated[int, msgspec.Meta(ge=1900, le=2100)]
Stalls = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
SkillRef = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

Heard = Literal["contact", "reminders"]
"""What somebody else may say that a person agreed to; the rest only they themselves can."""

MOST_LISTED: Final = 1_000
"""More than any list may hold; the decisions refuse earlier, in the movement's words."""


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class LearnerForm(Form, frozen=True, kw_only=True):
    """Either somebody known (`id`) or somebody named; `code` may be minted by the phone.

    `consent` are the purposes the learner was heard to agree to, once the sentence was read out to
    them; silence is no. `guardian`: a parent or guardian agreed as well (asked for under 16). What
    is left out is not part of what a submission is compared by: older phones send neither."""

    id: Id | None = None
    name: Text | None = None
    phone: Text | None = None
    birth_year: Year | None = None
    group: Group | None = None
    code: Code | None = None
    consent: Annotated[tuple[Heard, ...], msgspec.Meta(max_length=4)] | msgspec.UnsetType = msgspec.UNSET
    guardian: bool | msgspec.UnsetType = msgspec.UNSET

    @property
    def heard(self) -> tuple[Purpose, ...]:
        said = () if self.consent is msgspec.UNSET else self.consent
        return tuple(Purpose(one) for one in said)


Learners = Annotated[tuple[LearnerForm, ...], msgspec.Meta(max_length=MOST_LISTED)]


class LessonForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    unit: UnitRef
    skills: Annotated[tuple[SkillRef, ...], msgspec.Meta(max_length=100)]
    learners: Learners
    channel: Channel | None = None
    device: Id | None = None


class AnswerForm(Form, frozen=True, kw_only=True):
    """No submission: the code and the answer say it all, and the same again changes nothing."""

    code: Text
    answer: Answer
    device: Id | None = None


class AnswerEntryForm(Form, frozen=True, kw_only=True):
    """What somebody answered on the phone of a mentor, who sends it."""

    submission: Id
    code: Text
    answer: Answer
    device: Id | None = None


class ClassForm(Form, frozen=True, kw_only=True):
    """A class for today, to which learners check in by the code on the wall."""

    submission: Id
    unit: UnitRef
    skills: Annotated[tuple[SkillRef, ...], msgspec.Meta(max_length=100)]


class CheckInForm(Form, frozen=True, kw_only=True):
    """Somebody who checks in to a class by its code, and answers at once. `device` tells one phone from
    another within that class."""

    submission: Id
    code: Text
    name: Text
    phone: Text | None = None
    birth_year: Year | None = None
    group: Group | None = None
    consent: Annotated[tuple[Heard, ...], msgspec.Meta(max_length=4)] = ()
    guardian: bool = False
    answer: Answer
    device: Id | None = None


class ClassLearnerForm(Form, frozen=True, kw_only=True):
    """A learner of a class who has no phone."""

    submission: Id
    learner: LearnerForm


class CloseClassForm(Form, frozen=True, kw_only=True):
    submission: Id


class AttestationForm(Form, frozen=True, kw_only=True):
    teaching: Id
    answer: Answer


class WitnessForm(Form, frozen=True, kw_only=True):
    """What somebody who was at a class (`there`) says of learners without a phone."""

    submission: Id
    there: bool
    answers: Annotated[tuple[AttestationForm, ...], msgspec.Meta(min_length=1, max_length=100)]


class VoidForm(Form, frozen=True, kw_only=True):
    submission: Id
    reason: VoidReason
    note: Note | None = None


class VoidEntryForm(Form, frozen=True, kw_only=True):
    """Withdraws an entry of one's own, named by the code that was handed out for it or by its id."""

    submission: Id
    reason: VoidReason = VoidReason.MISTAKE
    subject_code: Text | None = None
    teaching: Id | None = None
    onboarding: Id | None = None
    note: Note | None = None


class RulingForm(Form, frozen=True, kw_only=True):
    submission: Id
    teaching: Id
    reason: VoidReason
    note: Note | None = None


class HouseholdForm(Form, frozen=True, kw_only=True):
    """`declared` criteria are answered for by the first member who is not the ambassador;
    `proficient` is the index of the member meant by `proficient-member`."""

    submission: Id
    on: date
    unit: UnitRef
    members: Learners
    declared: Annotated[tuple[Criterion, ...], msgspec.Meta(max_length=20)] = ()
    proficient: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    device: Id | None = None


class MemberForm(Form, frozen=True, kw_only=True):
    submission: Id
    member: LearnerForm


class MemberLeftForm(Form, frozen=True, kw_only=True):
    submission: Id
    member: Id


class CriteriaForm(Form, frozen=True, kw_only=True):
    """Declares criteria of a household. `proficient` is the member meant by `proficient-member`;
    `answers` the member who is asked (the first one who is not the ambassador, if not said)."""

    submission: Id
    on: date
    criteria: Annotated[tuple[Criterion, ...], msgspec.Meta(min_length=1, max_length=20)]
    proficient: Id | None = None
    answers: Id | None = None
    code: Code | None = None


class CriterionLostForm(Form, frozen=True, kw_only=True):
    submission: Id
    criterion: Criterion


class MarketForm(Form, frozen=True, kw_only=True):
    submission: Id
    unit: UnitRef
    name: Text
    stalls: Stalls


class StallsForm(Form, frozen=True, kw_only=True):
    submission: Id
    stalls: Stalls


class VendorForm(Form, frozen=True, kw_only=True):
    """A person who sells at a market."""

    submission: Id
    market: Id
    vendor: LearnerForm


class OnboardingForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    means: Annotated[tuple[Means, ...], msgspec.Meta(min_length=1, max_length=10)]
    code: Code | None = None
    device: Id | None = None


class VendorEntryForm(Form, frozen=True, kw_only=True):
    """A vendor of a market (`vendor`: whoever sells there; `known`: the vendor's id, once registered),
    and by which `means` they were onboarded `on` a day, if they were."""

    submission: Id
    market: Id
    vendor: LearnerForm | None = None
    known: Id | None = None
    on: date | None = None
    means: Annotated[tuple[Means, ...], msgspec.Meta(max_length=10)] = ()
    code: Code | None = None
    device: Id | None = None


class SightingForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    means: Means


class VendorLeftForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date


class WorkplaceForm(Form, frozen=True, kw_only=True):
    submission: Id
    unit: UnitRef
    kind: WorkplaceKind
    name: Text


class WorkplaceMemberForm(Form, frozen=True, kw_only=True):
    """Somebody who works or learns there since a day; `unit` is where somebody new lives."""

    submission: Id
    on: date
    member: LearnerForm
    unit: UnitRef | None = None


class WorkplaceLeftForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    member: Id


class OwnWorkplaceForm(Form, frozen=True, kw_only=True):
    """Where somebody works themselves; nowhere that is registered, if not said."""

    submission: Id
    workplace: Id | None = None


class CampaignForm(Form, frozen=True, kw_only=True):
    """A unit holds a campaign from one day to another, both included."""

    submission: Id
    unit: UnitRef
    name: Text
    begins: date
    ends: date


class CampaignWithdrawnForm(Form, frozen=True, kw_only=True):
    submission: Id


class TeamForm(Form, frozen=True, kw_only=True):
    """A team that stands in a hamlet or commune since a day."""

    submission: Id
    unit: UnitRef
    name: Text
    on: date


class TeamNameForm(Form, frozen=True, kw_only=True):
    submission: Id
    name: Text


class TeamMemberForm(Form, frozen=True, kw_only=True):
    """Somebody belongs to a team since a day; `leader` says that they lead it."""

    submission: Id
    on: date
    member: LearnerForm
    leader: bool = False


class TeamLeftForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    member: Id


class TeamLeaderForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    member: Id


class DisbandForm(Form, frozen=True, kw_only=True):
    submission: Id
    on: date
    reason: DisbandReason


class VisitForm(Form, frozen=True, kw_only=True):
    """A household that was visited: a family that was entered (`household`), or the one of a `number`
    in the list of its hamlet, or both where the two are one. `needs` are skills to be taught there."""

    submission: Id
    on: date
    unit: UnitRef
    household: Id | None = None
    number: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    found: Annotated[tuple[Finding, ...], msgspec.Meta(max_length=20)] = ()
    needs: Annotated[tuple[SkillRef, ...], msgspec.Meta(max_length=100)] = ()
    device: Id | None = None


class VoidVisitForm(Form, frozen=True, kw_only=True):
    submission: Id
    reason: VoidReason = VoidReason.MISTAKE


class HouseholdsForm(Form, frozen=True, kw_only=True):
    """How many households a unit has on a day, by a document."""

    submission: Id
    households: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
    on: date
    document: Text


class InviteForm(Form, frozen=True, kw_only=True):
    """Somebody who is to hold a role over a unit, for one `model` or all. Sex, position and workplace
    stand in award lists and are kept only with `award_lists`, the person's consent."""

    submission: Id
    role: Role
    unit: UnitRef
    model: Model | None = None
    name: Text
    phone: Text | None = None
    birth_year: Year | None = None
    group: Group | None = None
    sex: Text | None = None
    position: Text | None = None
    workplace: Text | None = None
    award_lists: bool = False


class RevokeForm(Form, frozen=True, kw_only=True):
    submission: Id
    role: Role
    unit: UnitRef
    model: Model | None = None


class AccountForm(Form, frozen=True, kw_only=True):
    """What is asked of an account as a whole: a new link, or that it is closed."""

    submission: Id


class HamletForm(Form, frozen=True, kw_only=True):
    submission: Id
    parent: UnitRef
    name: Text


class ReformForm(Form, frozen=True, kw_only=True):
    """A change of the territory that was decided elsewhere, by the document of that number. By
    `change`: `unit` took in `parts`, or was split into them (the largest first); it was given a `name`,
    a `kind` or a `code`; or a unit of this name, kind and code was established in it."""

    submission: Id
    change: Literal["merged", "split", "renamed", "reclassified", "code-corrected", "established"]
    unit: UnitRef
    document: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    valid_from: date
    parts: Annotated[tuple[UnitRef, ...], msgspec.Meta(max_length=MOST_LISTED)] = ()
    name: Text | None = None
    kind: UnitKind | None = None
    code: Annotated[str, msgspec.Meta(max_length=10)] | None = None


class PlacedForm(Form, frozen=True, kw_only=True):
    """Of an account, `subject` is the id of its person: its roles over the divided commune go along."""

    body: Literal["person", "household", "market", "team", "workplace", "account"]
    subject: Id


class PlacingForm(Form, frozen=True, kw_only=True):
    """These people, households, markets, teams and workplaces of a divided commune live, or lie, in `unit`
    today; these accounts hold their roles there."""

    submission: Id
    unit: UnitRef
    subjects: Annotated[tuple[PlacedForm, ...], msgspec.Meta(max_length=MOST_LISTED)]


Named = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9_-]+(?![\s\S])")]
"""A word of a list, written with hyphens or, as in lists of targets, with underscores."""
People = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]


class AskedForm(Form, frozen=True, kw_only=True):
    """What plans may each have a number for: in a unit of today, or (`then`) in one that went into
    it on 1/7/2025; the unit itself if not said."""

    submission: Id
    unit: UnitRef
    then: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    year: Annotated[int, msgspec.Meta(ge=0, le=9999)]
    group: Named
    indicator: Named


class TargetForm(AskedForm, frozen=True, kw_only=True):
    """A row of a plan, as printed. `base_date` is a year, a month or a day."""

    source: Text
    comparator: Comparator = Comparator.AT_LEAST
    percent: Annotated[int, msgspec.Meta(ge=-1_000, le=1_000)]
    numerator: People | None = None
    denominator: People | None = None
    base_date: Annotated[str, msgspec.Meta(max_length=10)] | None = None


class FollowForm(AskedForm, frozen=True, kw_only=True):
    """Of several documents that ask for it, `source` is followed."""

    source: Text
    reason: Reason


class FigureForm(Form, frozen=True, kw_only=True):
    """What an office declares: how many there were on a day; without `indicator`, how many the group
    counts. Of the same day again, it is a correction. `then` as in a target."""

    submission: Id
    unit: UnitRef
    then: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    group: Named
    indicator: Named | None = None
    as_of: date
    value: People
    document: Text


class MilestoneAnswerForm(Form, frozen=True, kw_only=True):
    """What the holder of a code says of a milestone of theirs: reached (on a day, else today), or not
    so. No submission: the same again changes nothing."""

    code: Text
    milestone: Milestone
    reached: bool = True
    on: date | None = None
    device: Id | None = None


class MilestoneForm(Form, frozen=True, kw_only=True):
    """A milestone of whoever sends it; or of a `person`, or of the learner of a `teaching`, as somebody
    who was `there` says it."""

    submission: Id
    milestone: Milestone
    reached: bool = True
    on: date | None = None
    person: Id | None = None
    teaching: Id | None = None
    there: bool = False


class ConnectionForm(Form, frozen=True, kw_only=True):
    """A form of KoboToolbox or ODK Central that is to send what it collects to a unit."""

    submission: Id
    unit: UnitRef
    source: Source
    tells: Tells
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class MergeForm(Form, frozen=True, kw_only=True):
    """`person` turned out to be `into`."""

    submission: Id
    person: Id
    into: Id


class CorrectionForm(Form, frozen=True, kw_only=True):
    """What is known of a person, as it should have been; None leaves a field as it is."""

    submission: Id
    name: Text | None = None
    phone: Text | None = None
    birth_year: Year | None = None
    group: Group | None = None
    sex: Text | None = None
    position: Text | None = None
    workplace: Text | None = None
    email: Text | None = None


class ErasureForm(Form, frozen=True, kw_only=True):
    submission: Id


class ConsentForm(Form, frozen=True, kw_only=True):
    submission: Id
    purpose: Purpose
    given: bool


class MonthForm(Form, frozen=True, kw_only=True):
    """About a unit's month that the address names."""

    submission: Id


class ReopeningForm(MonthForm, frozen=True, kw_only=True):
    reason: ReopenReason
    note: Note | None = None


class CloseForm(Form, frozen=True, kw_only=True):
    """`month` is YYYY-MM."""

    submission: Id
    month: Annotated[str, msgspec.Meta(max_length=10)]


class ReopenForm(CloseForm, frozen=True, kw_only=True):
    reason: ReopenReason
    note: Note | None = None


class ReportForm(Form, frozen=True, kw_only=True):
    """What an organizer adds to a month's figures, to be kept until the report is sent and after."""

    number: Annotated[str, msgspec.Meta(max_length=60)] = ""
    place: Annotated[str, msgspec.Meta(max_length=60)] = ""
    signer: Annotated[str, msgspec.Meta(max_length=100)] = ""
    difficulties: Annotated[str, msgspec.Meta(max_length=6_000)] = ""
    proposals: Annotated[str, msgspec.Meta(max_length=6_000)] = ""
    cases: Annotated[tuple[Id, ...], msgspec.Meta(max_length=30)] = ()


class SendForm(CloseForm, frozen=True, kw_only=True):
    pass


class TemplateForm(Form, frozen=True, kw_only=True):
    """`document` is the content hash of a template kept before; empty: the program's own."""

    submission: Id
    document: Annotated[str, msgspec.Meta(max_length=64)] = ""
