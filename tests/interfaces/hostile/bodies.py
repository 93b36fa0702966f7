"""A body for each operation that takes one, and each with something else in its fields."""

from typing import Any

from tests.interfaces.api import requests
from tests.interfaces.hostile.corpus import EVERYTHING

_ASKED = {
    "submission": "a",
    "unit": "52",
    "then": "a",
    "year": 2026,
    "group": "adults",
    "indicator": "confirmed_on_vneid",
}
BODIES: dict[str, Any] = {
    "/lessons": requests.lesson(requests.ba_tu(group="people", code="K7MP2XQ9"), channel="class", device="a"),
    "/answers": {"code": "K7MP2XQ9", "answer": "able", "device": "a"},
    "/households": requests.household(requests.ba_tu(), declared=["cashless-payment"], device="a"),
    "/households/x/members": {"submission": "a", "member": requests.ba_tu()},
    "/households/x/departures": {"submission": "a", "member": "a"},
    "/households/x/criteria": {
        "submission": "a",
        "on": "2026-11-20",
        "criteria": ["vneid-level-2"],
        "answers": "a",
    },
    "/territory/changes": {
        "submission": "a",
        "change": "merged",
        "unit": "52",
        "parts": ["51"],
        "valid_from": "2026-11-01",
        "document": "1/NQ",
        "name": "Gia Lai",
        "kind": "province",
        "code": "52",
    },
    "/territory/placing": {
        "submission": "a",
        "unit": "21952",
        "subjects": [{"body": "person", "subject": "a"}],
    },
    "/territory/changes/preview": {
        "submission": "a",
        "change": "renamed",
        "unit": "52",
        "valid_from": "2026-11-01",
        "document": "1/NQ",
        "name": "Gia Lai",
    },
    "/visits": {
        "submission": "a",
        "on": "2026-11-20",
        "unit": "52",
        "household": "a",
        "number": 12,
        "found": ["smartphone"],
        "needs": ["vneid"],
        "device": "a",
    },
    "/visits/x/void": {"submission": "a", "reason": "mistake"},
    "/units/x/households": {
        "submission": "a",
        "households": 180,
        "on": "2026-11-20",
        "document": "12/BC-UBND",
    },
    "/teams": {"submission": "a", "unit": "52", "name": "Tổ công nghệ số", "on": "2026-01-05"},
    "/teams/x/members": {"submission": "a", "on": "2026-01-05", "member": requests.ba_tu(), "leader": True},
    "/teams/x/departures": {"submission": "a", "on": "2026-01-05", "member": "a"},
    "/teams/x/leader": {"submission": "a", "on": "2026-01-05", "member": "a"},
    "/teams/x/name": {"submission": "a", "name": "Tổ công nghệ số"},
    "/teams/x/disbanding": {"submission": "a", "on": "2026-01-05", "reason": "other"},
    "/households/x/losses": {"submission": "a", "criterion": "vneid-level-2"},
    "/markets": requests.market(),
    "/markets/x/stalls": {"submission": "a", "stalls": 2},
    "/vendors": requests.vendor("a"),
    "/vendors/x/onboardings": requests.onboarding(code="K7MP2XQ9", device="a"),
    "/vendors/x/sightings": requests.sighting(),
    "/vendors/x/departure": {"submission": "a", "on": "2026-11-20"},
    "/reminders/x/again": {},
    "/reminders/x/stop": {},
    "/campaigns": {
        "submission": "a",
        "unit": "52",
        "name": "Chiến dịch 10/10",
        "begins": "2026-10-01",
        "ends": "2026-10-31",
    },
    "/campaigns/x/withdrawal": {"submission": "a"},
    "/workplaces": {"submission": "a", "unit": "52", "kind": "school", "name": "Trường"},
    "/workplaces/x/members": {
        "submission": "a",
        "on": "2026-11-20",
        "member": requests.ba_tu(),
        "unit": "52",
    },
    "/workplaces/x/departures": {"submission": "a", "on": "2026-11-20", "member": "a"},
    "/teachings/x/void": requests.void(note="Tư"),
    "/onboardings/x/void": requests.void(note="Tư"),
    "/credits/x/vneid/ruling": {"submission": "a", "teaching": "a", "reason": "other", "note": "Tư"},
    "/classes": requests.a_class(),
    "/check-ins": requests.check_in("K7MP2XQ9HJKM", phone="0912345678", consent=["contact"], device="a"),
    "/classes/x/learners": {"submission": "a", "learner": requests.ba_tu()},
    "/classes/x/close": {"submission": "a"},
    "/classes/x/witness": {
        "submission": "a",
        "there": True,
        "answers": [{"teaching": "a", "answer": "able"}],
    },
    "/milestones": {"submission": "a", "milestone": "online-course", "teaching": "a", "on": "2026-11-20"},
    "/months/x/x/close": {"submission": "a"},
    "/months/x/x/reopen": {"submission": "a", "reason": "other", "note": "Tư"},
    "/months/x/x/send": {"submission": "a"},
    "/kobo/x": {"_uuid": "a", "nhom/ho_ten": "Tư", "_submission_time": "2026-11-20T08:00:00"},
    "/odk/x": {
        "type": "submission.create",
        "id": "uuid:a",
        "data": {"xml": "<data><ho_ten>Tư</ho_ten></data>"},
    },
    "/milestones/answers": {
        "code": "K7MP2XQ9",
        "milestone": "online-course",
        "on": "2026-11-20",
        "device": "a",
    },
    "/devices": {},
    "/sync": {
        "version": 1,
        "sent_at": "2026-11-22T09:40:12.345Z",
        "entries": [
            {"id": "a", "kind": "answer", "made_at": "2026-11-22T09:40:12.345Z", "form": {"code": "K7MP2XQ9"}}
        ],
    },
    "/imports": {"a": "b"},
    "/imports/x/columns": {"columns": ["name", None], "new_hamlets": True},
    "/imports/x/loading": {},
    "/imports/x/removal": {},
    "/targets": _ASKED | {"source": "a", "percent": 80, "base_date": "2024-12"},
    "/targets/following": _ASKED | {"source": "a", "reason": "decided"},
    "/figures": {
        "submission": "a",
        "unit": "52",
        "group": "adults",
        "indicator": "confirmed_on_vneid",
        "as_of": "2026-11-20",
        "value": 1,
        "document": "a",
    },
}


def spoilt(body: Any, payload: object) -> list[Any]:
    """The body as many times as it has values, each time with this for another one of them."""
    match body:
        case dict():
            return [body | {name: wrong} for name, value in body.items() for wrong in spoilt(value, payload)]
        case list():
            return [payload, *([wrong] for value in body[:1] for wrong in spoilt(value, payload))]
    return [payload]


OTHERS: tuple[Any, ...] = (*EVERYTHING, -1, 10**40, 1e308, True, None, {}, [[]], {"$ne": None})
