"""Pages as HTML: the templates, the words in them, and what stands around every page."""

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import msgspec
import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from markupsafe import Markup

from application.actors import Actor, Grant
from domain.model import PersonId, Role, Skill, UnitId
from domain.skills import BY_ID
from infrastructure.vault.known_keys import Backed
from interfaces.web import assets, language, menu
from interfaces.web.charts import Chart
from interfaces.web.language import translated
from interfaces.web.session import Visitor, house_of, visitor

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
Link = menu.Link
SMALL: Final = 1_000
"""Bytes below which compressing gains nothing."""


class Freshness(msgspec.Struct, frozen=True):
    """How old a figure is and by which rules it was counted: shown wherever figures are.

    `at` is the moment up to which the ledger is counted in; None where that is not known.
    """

    at: datetime | None
    criteria: str | None = None


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    here: str | None = None,
    **context: object,
) -> Response[bytes]:
    """A template as a response in the request's language, compressed where the browser takes it.

    `here` is the page's address where the request's own can only be posted to."""
    asking = visitor(request)
    path = here or request.url.path
    html = _templates.get_template(template).render(
        language=language.current(),
        viewer=asking,
        menu=menu.links(asking.actor if asking else None, path),
        simulated=house_of(request).simulated,
        unbacked=_unbacked_keys(request, asking),
        switch=lambda code: _switched(path, request.url.query, code),
        in_the_field=asking is not None and _in_the_field(path),
        here=path,
        kept=False,
        **context,
    )
    return _response(request, html.encode(), status, headers or {})


def charted(one: Chart) -> str:
    """A chart and its table alone, in the language of the request."""
    return str(_templates.get_template("charts.html").module.chart(one))  # type: ignore[attr-defined]


_MENTOR: Final = Actor(person=PersonId(""), grants=(Grant(Role.AMBASSADOR, UnitId("")),))
"""Whose menu stands on the pages that the phone keeps."""


class Nobody(msgspec.Struct, frozen=True):
    """Stands for whoever is signed in, on pages that the phone keeps."""

    form_token: None = None


def shell(template: str, path: str, *, simulated: bool, **context: object) -> bytes:
    """A page of ambassadors in the language of the request, with everything but whose it is: what the
    phone keeps of it, and fills in by itself; there it leaves out what does not open for a team leader."""
    return (
        _templates.get_template(template)
        .render(
            language=language.current(),
            viewer=Nobody(),
            menu=menu.links(_MENTOR, path),
            simulated=simulated,
            unbacked=None,
            switch=lambda code: _switched(path, "", code),
            in_the_field=True,
            here=path,
            kept=True,
            **context,
        )
        .encode()
    )


def _in_the_field(path: str) -> bool:
    """Where the outbox works: the forms of lessons, families, vendors and visits, and one's own entries."""
    return path in ("/ghi", "/ghi/gia-dinh", "/ghi/di-ho", "/toi") or path.startswith("/ghi/tieu-thuong")


def _unbacked_keys(request: Request[Any, Any, Any], asking: Visitor | None) -> Backed | None:
    """What administrators are warned of on every page: keys that no proved backup holds. Nothing is
    asked of the database for anybody else."""
    if asking is None or not asking.actor.holds(Role.ADMINISTRATOR):
        return None
    backed = house_of(request).backed_keys()
    return None if backed.confirmed else backed


def _response(
    request: Request[Any, Any, Any], body: bytes, status: int, headers: dict[str, str]
) -> Response[bytes]:
    headers = {
        "Cache-Control": _kept(request),
        "Vary": "Accept-Encoding, Cookie, Accept-Language",
    } | headers
    if len(body) > SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status_code=status, headers=headers, media_type="text/html")


def _kept(request: Request[Any, Any, Any]) -> str:
    """What is behind a sign-in stays in no browser's store. The forms of lessons do, until the sign-out
    clears them: whoever goes back to one on a bad network finds what they typed."""
    if visitor(request) is None or request.url.path.startswith("/ghi"):
        return "private, no-cache"
    return "no-store"


def _switched(path: str, query: str, code: str) -> str:
    """This page in the other language."""
    kept = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key != "lang"]
    return f"{path}?{urlencode([*kept, ('lang', code)])}"


def skill_label(skill: str) -> str:
    entry = BY_ID.get(Skill(skill))
    if entry is None:
        return skill
    return translated(entry.en)


def skill_list(skills: Iterable[str]) -> str:
    """Using VNeID, cashless payment."""
    labels = [skill_label(skill) for skill in skills]
    return ", ".join([*labels[:1], *(language.lower_first(label) for label in labels[1:])])


def qr(address: str) -> Markup:
    """The address as a QR drawing, to be scanned from a screen or from paper."""
    # The dark squares only: the stylesheet gives the ground, the address stands beside it as text.
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=4, omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704  # nosec B704 # segno's


def _updated(freshness: Freshness) -> str:
    if freshness.at is None:
        return language.gettext("not counted yet")
    return language.gettext("updated %(ago)s", ago=language.ago(freshness.at))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        language.translated, language.translated_number, newstyle=True
    )
    environment.globals |= {
        "asset": assets.address,
        "languages": language.languages,
        "right_to_left": language.right_to_left,
        "qr": qr,
        "skill_label": skill_label,
        "skill_list": skill_list,
        "updated": _updated,
        "now": lambda: datetime.now(UTC),
    }
    environment.filters |= {
        "number": language.number,
        "percent": language.percent,
        "day": language.day,
        "moment": language.moment,
        "ago": language.ago,
        "near_day": language.near_day,
        "lower_first": language.lower_first,
        "together": language.together,
    }
    return environment


_templates: Final = _environment()
