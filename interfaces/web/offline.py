"""What a phone keeps of the field pages, so that they open without a network: the web app's manifest, the
service worker, and the shell of each page, which holds nobody's data."""

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from application import criteria
from domain.calendar import day_of
from domain.criteria import Criteria
from domain.model import UnitId
from domain.skills import CATALOGUE
from domain.vendors import Means
from interfaces.house import House
from interfaces.web import assets, drafts, language, visits, words
from interfaces.web.families import Box, explained
from interfaces.web.front_door import ACCOUNT, cookie_sent, cookie_told
from interfaces.web.language import gettext as _
from interfaces.web.lessons import SkillChoice
from interfaces.web.limits import AnyRequest, NothingThere
from interfaces.web.render import shell
from interfaces.web.session import account_cookie, house_of, is_https, visitor

COUNTRY: Final = UnitId("VN")
SCRIPTS: Final = ("field.js", "form.js", "phone.js", "later.js", "lean-qr.js")
ICONS: Final = ("icon.svg", "icon-192.png")

Shell = Callable[[Criteria, bool], bytes]


def tell_account(request: AnyRequest) -> None:
    """Lets the scripts of a page know under which account an entry is made: the person's opaque id, in a
    cookie that opens nothing. The front door makes it say `-` wherever somebody signs in or out."""
    found = visitor(request)
    if found is None or found.session is None:
        return
    house = house_of(request)
    if cookie_sent(request.scope, account_cookie(house)) != found.actor.person:
        request.scope["state"][ACCOUNT] = cookie_told(found.actor.person, https=is_https(house))


def _lesson(_content: Criteria, simulated: bool) -> bytes:
    skills = [SkillChoice(entry.id, False) for entry in CATALOGUE]
    return _form("lessons/new.html", "/ghi", simulated, {"skills": skills})


def _family(content: Criteria, simulated: bool) -> bytes:
    boxes = [Box(one.value, words.said(words.CRITERIA, one), False) for one in content.family_declared]
    return _form(
        "families/new.html",
        "/ghi/gia-dinh",
        simulated,
        {"me": False},
        boxes=boxes,
        explained=explained(content),
    )


def _vendor(_content: Criteria, simulated: bool) -> bytes:
    boxes = [Box(one.value, words.said(words.MEANS, one), False) for one in Means]
    return _form("offline/vendor.html", "/ghi/tieu-thuong", simulated, {}, boxes=boxes)


def _visit(_content: Criteria, simulated: bool) -> bytes:
    nobodys = visits.Draft(submission="", unit="", on="")
    return shell(
        "visits/new.html",
        "/ghi/di-ho",
        simulated=simulated,
        form=nobodys,
        places=_TWO_PLACES,
        today="",
        earliest="",
        mentor=True,
        families=[],
        made=[],
        notice=None,
        problems={},
        **visits.asked(nobodys),
    )


_TWO_PLACES: Final = [("", "–"), ("", "–")]
"""So that they can be chosen at all."""


def _form(template: str, path: str, simulated: bool, more: dict[str, Any], **context: object) -> bytes:
    """The form as it is before anybody is in it."""
    nobodys = drafts.Shown(
        submission="",
        people=[drafts.NewPerson()],
        opened=False,
        recent=[],
        foremost=0,
        near=True,
        on="",
        today="",
        earliest="",
        unit="",
        places=_TWO_PLACES,
        when_where=_("Day: %(day)s · Place: %(place)s", day=_("today"), place="–"),
    )
    return shell(
        template,
        path,
        simulated=simulated,
        form=msgspec.structs.asdict(nobodys) | more,
        problems={},
        groups=drafts.groups(),
        **context,
    )


def _plain(template: str, path: str) -> Shell:
    return lambda _content, simulated: shell(template, path, simulated=simulated)


SHELLS: Final[dict[str, tuple[str, Shell]]] = {
    "ghi": ("/ghi", _lesson),
    "gia-dinh": ("/ghi/gia-dinh", _family),
    "tieu-thuong": ("/ghi/tieu-thuong", _plain("offline/markets.html", "/ghi/tieu-thuong")),
    "sap": ("/ghi/tieu-thuong/", _vendor),
    "di-ho": ("/ghi/di-ho", _visit),
    "toi": ("/toi", _plain("offline/mine.html", "/toi")),
    "khong-mang": ("", _plain("offline/none.html", "/")),
    "sau": ("sau", _plain("offline/later.html", "/")),
}
"""By the name under /vo: the page it stands for without a network (empty: any other), how it is drawn."""


@get("/vo/{spoken:str}/{name:str}")
async def kept(request: AnyRequest, spoken: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A page as the phone keeps it. Raises `NothingThere`."""
    if spoken not in language.LANGUAGES or name not in SHELLS:
        raise NothingThere
    house = house_of(request)
    body = _drawn(spoken, name, _content(house), house.simulated)
    return Response(body, headers={"Cache-Control": "no-cache"}, media_type="text/html")


@get("/sw.js")
async def worker(request: AnyRequest) -> Response[bytes]:
    """The service worker, whose version is that of everything it keeps."""
    house = house_of(request)
    version, body = _worker(_content(house), house.simulated)
    headers = {"Cache-Control": "no-cache", "ETag": f'"{version}"', "Service-Worker-Allowed": "/"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="text/javascript")


@get("/manifest.webmanifest")
async def manifest() -> Response[bytes]:
    """What a phone needs to put the field pages on its home screen."""
    icons = [
        {"src": assets.address("icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {"src": assets.address("icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
        {
            "src": assets.address("icon-maskable.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    said = {
        "id": "/ghi",
        "name": _("Lan Tỏa: recording lessons"),
        "short_name": "Lan Tỏa",
        "lang": language.current(),
        "start_url": "/ghi",
        "scope": "/",
        "display": "standalone",
        "background_color": "#F4F7FA",
        "theme_color": "#00508F",
        "icons": icons,
        "shortcuts": [
            {"name": _("Record a lesson"), "url": "/ghi"},
            {"name": _("My entries"), "url": "/toi"},
        ],
    }
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
    return Response(body, headers=headers, media_type="application/manifest+json")


def _content(house: House) -> Criteria:
    """The criteria that a phone shows without a network: those of the whole country."""
    return criteria.standing_criteria(house.ledger, house.units, COUNTRY, day_of(house.clock())).content


@lru_cache(maxsize=64)
def _drawn(spoken: str, name: str, content: Criteria, simulated: bool) -> bytes:
    with language.spoken(spoken):
        return SHELLS[name][1](content, simulated)


@lru_cache(maxsize=8)
def _worker(content: Criteria, simulated: bool) -> tuple[str, bytes]:
    """Version and script. The version is told by the bytes of what is kept, and of the script itself."""
    pages = {
        f"/vo/{spoken}/{name}": _drawn(spoken, name, content, simulated) for spoken, name in _kept_names()
    }
    files = [assets.address(name) for name in ("look.css", *SCRIPTS, *ICONS)]
    script = assets.joined("worker.js")
    version = hashlib.sha256("\n".join(files).encode())
    for path, body in sorted(pages.items()):
        version.update(path.encode() + body)
    version.update(script.encode())
    named = version.hexdigest()[:16]
    shells = {
        path: {spoken: f"/vo/{spoken}/{name}" for spoken in language.LANGUAGES}
        for name, (path, _shell) in SHELLS.items()
        if name != "sau"
    }
    head = f"const VERSION = {json.dumps(named)};\nconst FILES = {json.dumps([*pages, *files])};\n"
    return named, (head + f"const SHELLS = {json.dumps(shells)};\n" + script).encode()


def _kept_names() -> list[tuple[str, str]]:
    return [(spoken, name) for spoken in language.LANGUAGES for name in SHELLS]


ROUTES: Final = (kept, worker, manifest)
