"""What can be done next with what an operation gave: OpenAPI links, so that programs (and the fuzzing
in `tests/interfaces/hostile`) find their way without being told."""

from typing import Any, Final

from interfaces.api.speaking import API

Route = tuple[str, str]

_CODE: Final = "$response.body#/code"
_MARKET: Final = "$response.body#/market"
_VENDOR: Final = "$response.body#/vendor"
_HOUSEHOLD: Final = "$response.body#/household"
_TAUGHT: Final = "$response.body#/teachings/0/teaching"

_ANSWER: Final = ("POST", f"{API}/answers")
_TEACHING: Final = ("GET", f"{API}/teachings/{{teaching}}")
_VOID: Final = ("POST", f"{API}/teachings/{{teaching}}/void")
_RULING: Final = ("POST", f"{API}/credits/{{person}}/{{skill}}/ruling")
_JOIN: Final = ("POST", f"{API}/households/{{household}}/members")
_LEAVE: Final = ("POST", f"{API}/households/{{household}}/departures")
_DECLARE: Final = ("POST", f"{API}/households/{{household}}/criteria")
_LOSE: Final = ("POST", f"{API}/households/{{household}}/losses")
_STALLS: Final = ("POST", f"{API}/markets/{{market}}/stalls")
_VENDORS: Final = ("POST", f"{API}/vendors")
_ONBOARD: Final = ("POST", f"{API}/vendors/{{vendor}}/onboardings")
_SEE: Final = ("POST", f"{API}/vendors/{{vendor}}/sightings")
_LEFT: Final = ("POST", f"{API}/vendors/{{vendor}}/departure")
_ONBOARDING_VOID: Final = ("POST", f"{API}/onboardings/{{onboarding}}/void")


class Link:
    """To a route, with parameters and fields of its body taken from the answer before."""

    def __init__(self, to: Route, *, body: dict[str, str] | None = None, **path: str) -> None:
        self.to = to
        self.body = body
        self.path = path

    def described(self, operation: str) -> dict[str, Any]:
        said: dict[str, Any] = {"operationId": operation}
        if self.path:
            said["parameters"] = self.path
        if self.body:
            said["requestBody"] = self.body
        return said


LINKS: Final[dict[Route, dict[str, Link]]] = {
    ("POST", f"{API}/lessons"): {
        "answer": Link(_ANSWER, body={"code": "$response.body#/teachings/0/code"}),
        "read": Link(_TEACHING, teaching=_TAUGHT),
        "void": Link(_VOID, teaching=_TAUGHT),
        "rule": Link(_RULING, person="$response.body#/teachings/0/learner", skill="$request.body#/skills/0"),
    },
    _VOID: {"read": Link(_TEACHING, teaching="$response.body#/teaching")},
    ("POST", f"{API}/households"): {
        "answer": Link(_ANSWER, body={"code": "$response.body#/declaration/code"}),
        "join": Link(_JOIN, household=_HOUSEHOLD),
        "leave": Link(_LEAVE, household=_HOUSEHOLD, body={"member": "$response.body#/members/0"}),
        "declare": Link(_DECLARE, household=_HOUSEHOLD),
        "lose": Link(_LOSE, household=_HOUSEHOLD),
    },
    _JOIN: {"leave": Link(_LEAVE, household=_HOUSEHOLD, body={"member": "$response.body#/person"})},
    _DECLARE: {
        "answer": Link(_ANSWER, body={"code": "$response.body#/declaration/code"}),
        "lose": Link(_LOSE, household=_HOUSEHOLD),
    },
    ("POST", f"{API}/markets"): {
        "stalls": Link(_STALLS, market=_MARKET),
        "vendor": Link(_VENDORS, body={"market": _MARKET}),
    },
    _VENDORS: {
        "onboard": Link(_ONBOARD, vendor=_VENDOR),
        "see": Link(_SEE, vendor=_VENDOR),
        "leave": Link(_LEFT, vendor=_VENDOR),
    },
    _ONBOARD: {
        "answer": Link(_ANSWER, body={"code": _CODE}),
        "void": Link(_ONBOARDING_VOID, onboarding="$response.body#/onboarding"),
        "see": Link(_SEE, vendor=_VENDOR),
    },
}
