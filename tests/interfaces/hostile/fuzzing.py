"""schemathesis against the whole app, in process: signed in as somebody, or as nobody."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import schemathesis
from litestar.types import ASGIApp
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.run import PhaseName

from domain.model import Role
from interfaces.main import create_app
from interfaces.permissions import ANYONE, RULES, Route
from tests.interfaces.api.requests import days_ago, today
from tests.interfaces.homes import ELSEWHERE, PROVINCE, TUY_PHUOC, Home

DOCUMENT: Final = "/api/v1/openapi.json"


@dataclass
class Fuzzed:
    """How many cases were sent, in how many `chains` some of them, what was answered, and what was wrong with
    it, each kind once."""

    cases: int = 0
    chains: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    by_phase: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)


Operations = Callable[[Route], bool]


def every(_operation: Route) -> bool:
    return True


def no(_operation: Route) -> bool:
    return False


def let_in(role: Role | None) -> Operations:
    """What the table lets programs of this role do; what it does not is refused before a body is read."""

    def may(operation: Route) -> bool:
        rule = RULES[operation]
        if rule.who is ANYONE:
            return True
        return role is not None and rule.bearer and (not rule.roles or role in rule.roles)

    return may


def first_let_in(role: Role | None) -> Operations:
    """What the table lets this role do, and none of those before it: together they cover all of it, each
    operation by somebody whose requests are looked at. Nobody stands for what no program may."""
    before = (None, *Role)[: (None, *Role).index(role)]

    def covers(operation: Route) -> bool:
        if any(let_in(one)(operation) for one in before):
            return False
        return let_in(role)(operation) or (role is None and not any(let_in(one)(operation) for one in Role))

    return covers


def fuzzed(
    home: Home,
    token: str | None,
    *,
    examples: int,
    chains: int,
    seed: int,
    rounds: int = 1,
    covering: Operations = every,
    trying: Operations = every,
    chaining: Operations = every,
    app: ASGIApp | None = None,
) -> Fuzzed:
    """The operations of `covering` with the limits of their schema and just beyond (some 5,700 cases for
    all), those of `trying` with `examples` of what the schema allows and of what it does not, then in
    `chains`, each fed with what those before it gave (through the links). Hypothesis gives up on chains
    early, where what chance may choose from changed meanwhile: so many `rounds` of them are begun until there
    are enough, all but the first of the operations of `chaining`. `app` instead of the home's own is for the
    controls."""
    _chance.seed(seed)
    done = Fuzzed()
    app = app or create_app(home.house)
    _send(done, app, _configured(token, seed, covering=True), covering)
    if examples:
        _send(done, app, _configured(token, seed, examples=examples, chains=chains), trying)
    for more in range(1, rounds):
        if done.chains < chains:
            _send(done, app, _configured(token, seed + more, chains=chains - done.chains), chaining)
    return done


def _send(done: Fuzzed, app: ASGIApp, configured: dict[str, Any], wanted: Operations) -> None:
    schema: Any = schemathesis.openapi.from_asgi(
        DOCUMENT, app, config=SchemathesisConfig.from_dict(configured)
    ).include(lambda about: wanted((about.operation.method.upper(), about.operation.path)))
    for event in from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                _take(done, event)
            case events.NonFatalError():
                done.wrong[f"{event.phase}: {event.label}"] = str(event.info.message)
            case events.FatalError():
                raise event.exception


_OFTEN: Final = 0.7
_KNOWN: Final[dict[str, tuple[list[str], list[str]]]] = {
    "units": ([TUY_PHUOC, TUY_PHUOC, PROVINCE, ELSEWHERE], ["query.unit", "path.unit"]),
    "days": ([today(), days_ago(3)], ["query.done_by", "query.received_by"]),
    "skills": (["vneid", "cashless-payment", "no-such-skill"], ["path.skill"]),
}
"""What chance would not hit upon."""

_NAMES: Final = ("Nguyễn Thị Tư", "Lê Văn Sáu", "Trần Văn Một", "Phạm Thị Bảy", "Võ Văn Chín")
_chance = Random(0)


def _configured(
    token: str | None, seed: int, *, examples: int = 0, chains: int = 0, covering: bool = False
) -> dict[str, Any]:
    return {
        **({"auth": {"openapi": {"token": {"bearer": token}}}} if token else {}),
        "seed": seed,
        "workers": 1,
        "continue-on-failure": True,
        "generation": {"max-examples": max(1, examples), "deterministic": True, "no-shrink": True},
        "dictionaries": {name: {"values": values} for name, (values, _) in _KNOWN.items()},
        "parameters": {
            where: {"dictionary": name, "probability": _OFTEN}
            for name, (_, places) in _KNOWN.items()
            for where in places
        },
        "phases": {
            "coverage": {"enabled": covering},
            "examples": {"enabled": examples > 0},
            "fuzzing": {"enabled": examples > 0},
            "stateful": {"enabled": chains > 0, "generation": {"max-examples": max(1, chains)}},
        },
        "checks": {
            # It knows a DELETE alone: here a vendor is gone after POST .../departure.
            "ensure_resource_availability": {"enabled": False},
            # A rule of the movement may refuse what is well-formed (422), and a code can be too old (410).
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "401", "403", "404", "409", "410", "422", "429"]
            },
        },
        "request-timeout": 30,
    }


@schemathesis.hook("before_call")
def _as_clients_write(_context: Any, case: Any, _more: Any) -> None:
    """Integers without a fraction: JSON Schema takes 41.0 for one, our decoder does not, and no client
    writes it so. And mostly what is well-formed is made plausible, too, or hardly anything would ever
    be recorded: a submission of its own, a day of this week, people with names instead of ids."""
    case.body = _whole(case.body)
    allowed = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if allowed and isinstance(case.body, dict) and _chance.random() < _OFTEN:
        case.body = _plausible(case.body)


def _plausible(body: dict[str, Any]) -> dict[str, Any]:
    known = {
        "submission": lambda: f"{_chance.getrandbits(64):016x}",
        "on": lambda: _chance.choice((today(), days_ago(3))),
        "unit": lambda: TUY_PHUOC,
        "skills": lambda: ["vneid"],
        "means": lambda: ["e-commerce"] if isinstance(body["means"], list) else "e-commerce",
        "learners": lambda: [_somebody() for _ in range(_chance.randint(1, 3))],
        "members": lambda: [_somebody() for _ in range(_chance.randint(1, 3))],
        "vendor": _somebody,
        "name": lambda: f"Chợ {_chance.choice(_NAMES)} {_chance.randint(1, 999)}",
    }
    made = {name: known[name]() if name in known else value for name, value in body.items()}
    if isinstance(body.get("member"), dict):
        made["member"] = _somebody()
    if "answer" not in made:
        made.pop("code", None)  # minted by the client; chance never mints one
    return made


def _somebody() -> dict[str, Any]:
    return {"name": _chance.choice(_NAMES), "birth_year": _chance.randint(1950, 1990)}


def _whole(value: Any) -> Any:
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _whole(one) for name, one in value.items()}
        case list():
            return [_whole(one) for one in value]
    return value


def _take(done: Fuzzed, event: events.ScenarioFinished) -> None:
    recorder = event.recorder
    done.cases += len(recorder.interactions)
    done.by_phase[event.phase.value] += len(recorder.interactions)
    done.chains += event.phase is PhaseName.STATEFUL_TESTING
    for interaction in recorder.interactions.values():
        if interaction.response is not None:
            done.statuses[interaction.response.status_code] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            failure = check.failure_info.failure
            kind = f"{recorder.cases[case_id].value.operation.label}: {check.name}: {failure.title}"
            answer = recorder.interactions[case_id].response
            said = f"{answer.status_code} {answer.text[:300]}" if answer else "no answer"
            done.wrong.setdefault(kind, f"{failure.message}\n{said}\n{check.failure_info.code_sample}")
