"""Which page each route shows, and what each form answers to something wrong: nothing may be left out.

A route under which no scene lies fails `test_every_page.py`; so does a form that nobody sends wrongly.
Whoever adds a page adds a scene in `scenery.py`, or says here why there is nothing to see.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Page, Response

from interfaces.permissions import RULES, Route
from tests.browser.scenery import Scene

NO_PAGE: Final = {
    "/static/{name}": "files",
    "/health": "for machines",
    "/manifest.webmanifest": "for browsers",
    "/sw.js": "a script",
    "/vo/{spoken}/{name}": "pages of /ghi and /toi without anybody's data, for the phone's store",
    "/dang-nhap/khoa": "for the script of passkeys",
    "/bao-mat/khoa": "for the script of passkeys",
    "/xac-thuc/khoa": "for the script of passkeys",
    "/kiem-toan/tap-tin": "a file",
    "/toi/du-lieu/tap-tin": "a file",
    "/nhap/{ref}/tep": "a file",
    "/bao-cao/{ref}/{month}/tep": "a file",
    "/bao-cao/mau/{ref}/{key}": "a file",
    "/xep-hang/tep": "a file",
    "/xep-hang/tep/ten": "a file",
}
"""Routes that are asked for and show nobody anything."""

NO_MISTAKE: Final = {
    "/ra": "a button",
    "/nhac-viec/{ref}/gui-lai": "a button",
    "/nhac-viec/{ref}/dung": "a button",
    "/bao-cao/{ref}/{month}/khoa": "a button",
    "/bao-cao/{ref}/{month}/gui": "a button",
    "/bao-cao/mau/{ref}": "a file: tests/interfaces/web/test_reports.py",
    "/lop/{ref}/dong": "a button",
    "/ghi/di-ho/{ref}/rut-lai": "a button",
    "/chien-dich/{ref}/rut": "a button",
    "/ket-noi/{ref}/truong": "choices, each of which is right",
    "/ket-noi/{ref}/tep": "a file: tests/interfaces/api/test_surveys.py",
    "/ket-noi/{ref}/thu-lai": "a button",
    "/ket-noi/{ref}/ngat": "a button",
    "/ket-noi/{ref}/sua/{edit}": "a button",
    "/don-vi/{ref}/chi-tieu/theo": "a choice among what stands there",
    "/toi/chung-nhan": "a button",
    "/bao-mat/bo-qua": "a button",
    "/bao-mat/khoa": "sent by the script of passkeys",
    "/bao-mat/khoa/go": "a button",
    "/bao-mat/ma-du-phong": "a button",
    "/bao-mat/ung-dung/go": "a button",
    "/bat-dau/{token}": "a button",
    "/cho/{ref}/thay": "a button",
    "/dang-nhap/khoa": "sent by the script of passkeys",
    "/du-lieu/dong-y": "choices, each of which is right",
    "/du-lieu/tap-tin": "a button",
    "/du-lieu/yeu-cau": "behind a code: tests/interfaces/web/test_my_data.py",
    "/ghi/da-gui/{lesson}/hoan-tac": "a button",
    "/nhap/moi": "a file: tests/interfaces/web/test_lists.py",
    "/nhap/{ref}/nap": "a button",
    "/nhap/{ref}/doi-cot": "a button",
    "/nhap/{ref}/bo": "a button",
    "/tai-khoan/cho-duyet/{ref}/bo": "a button",
    "/tai-khoan/cho-duyet/{ref}/dong-y": "a button",
    "/tai-khoan/{person}/dang-xuat": "a button",
    "/tai-khoan/{person}/dong": "a button",
    "/tai-khoan/{person}/moi-lai": "a button",
    "/tai-khoan/{person}/thu-hoi": "a button",
    "/thiet-bi/ket-thuc": "a button",
    "/thiet-bi/{ref}/ket-thuc": "a button",
    "/toi/du-lieu/dong-y": "choices, each of which is right",
    "/toi/du-lieu/xoa": "who they are is asked first: tests/interfaces/web/test_my_data.py",
    "/toi/ho-so": "nothing in it must be filled in",
    "/toi/noi-lam-viec": "a choice among what stands there",
    "/toi/ten-cong-khai": "a button",
    "/vao/{token}": "a button",
    "/x/{code}/dong-y": "choices, each of which is right",
    "/xac-thuc/khoa": "sent by the script of passkeys",
    "/yeu-cau/{ref}/tiep-nhan": "a button",
}
"""Forms that cannot be filled in wrongly."""


@dataclass(frozen=True)
class Sent:
    """A form sent with nothing in it but `filled`; where on the site it goes, from which scene."""

    route: str
    scene: str
    filled: dict[str, str] = field(default_factory=dict)
    encoded: str = "application/x-www-form-urlencoded"

    def __str__(self) -> str:
        return f"{self.route} {self.scene} {','.join(self.filled) or 'empty'}"


MISTAKES: Final = (
    Sent("/xac-nhan", "code"),
    Sent("/xac-nhan", "code", {"code": "ABCDEFGH"}),
    Sent("/x/{code}", "question"),
    Sent("/dang-nhap/ung-dung", "sign_in", {"login": "khong-co", "digits": "123456"}),
    Sent("/dang-nhap/ma-du-phong", "sign_in", {"code": "khong co"}),
    Sent("/ghi", "lesson"),
    Sent("/ghi", "lesson", {"new-0-name": "Lê Thị Năm", "new-0-phone": "12"}),
    Sent("/ghi/gia-dinh", "family_form"),
    Sent("/gia-dinh/{ref}/thanh-vien", "family"),
    Sent("/gia-dinh/{ref}/khai-bao", "family"),
    Sent("/gia-dinh/{ref}/roi", "family"),
    Sent("/gia-dinh/{ref}/khong-con", "family"),
    Sent("/nhap/{ref}/cot", "list_columns"),
    Sent("/chien-dich", "campaigns"),
    Sent("/noi-lam-viec", "workplaces"),
    Sent("/noi-lam-viec/{ref}/them", "workplace"),
    Sent("/noi-lam-viec/{ref}/roi", "workplace"),
    Sent("/to/lap", "team_new"),
    Sent("/to/{ref}/them", "team"),
    Sent("/to/{ref}/roi", "team"),
    Sent("/to/{ref}/to-truong", "team"),
    Sent("/to/{ref}/ten", "team"),
    Sent("/to/{ref}/giai-the", "team"),
    Sent("/ghi/di-ho", "visit"),
    Sent("/don-vi/{ref}/so-ho", "coverage"),
    Sent("/ghi/tieu-thuong", "markets"),
    Sent("/ghi/tieu-thuong/{ref}", "vendor_form"),
    Sent("/tieu-thuong/{ref}/roi", "vendor"),
    Sent("/tieu-thuong/{ref}/rut-lai", "vendor"),
    Sent("/cho/{ref}/sap", "market_organized"),
    Sent("/buoi/{ref}/rut-lai", "entry"),
    Sent("/buoi/{ref}/phan-xu", "entry_contested"),
    Sent("/don-vi/{ref}/thon", "commune"),
    Sent("/don-vi/{ref}/chi-tieu", "targets", {"percent": "140"}),
    Sent("/don-vi/{ref}/chi-tieu/so-lieu", "targets"),
    Sent("/dia-gioi/thay-doi", "territory_change"),
    Sent("/dia-gioi/cho-phan/{ref}", "placing_one"),
    Sent("/bao-cao/{ref}/{month}", "report", {"number": "x" * 61}),
    Sent("/bao-cao/{ref}/{month}/mo-lai", "report_closed"),
    Sent("/moi", "invite"),
    Sent("/x/{code}/cot-moc", "milestone_asked"),
    Sent("/toi/cot-moc", "milestone_own"),
    Sent("/buoi/{ref}/cot-moc", "milestone_witness"),
    Sent("/ket-noi", "connections"),
    Sent("/bao-mat/ung-dung", "app", {"digits": "12"}),
    Sent("/xac-thuc/ung-dung", "confirming", {"digits": "12"}),
    Sent("/du-lieu", "my_data_by_code", {"code": "ABCDEFGH"}),
    Sent("/toi/du-lieu/sua", "my_data", {"phone": "12"}),
    Sent("/toi/du-lieu/yeu-cau", "my_data"),
    Sent("/yeu-cau/{ref}/giai-quyet", "request"),
    Sent("/lop", "class_new"),
    Sent("/lop/{ref}/them", "class_roll"),
    Sent("/lam-chung/{ref}", "witness"),
    Sent("/l/{code}", "check_in"),
    # What is wrong with any form: from another page, too large, of another kind.
    Sent("/ghi", "lesson", {"form_token": "x"}),
    Sent("/ghi", "lesson", {"new-0-name": "x" * 300_000}),
    Sent("/ghi", "lesson", encoded="text/plain"),
)

_SEND: Final = """([pattern, filled, encoded]) => {
  const form = [...document.forms].find(one => one.method === 'post' && new RegExp(pattern).test(one.action));
  if (!form) return false;
  for (const part of form.elements) {
    if (part.type === 'hidden') continue;
    if (['checkbox', 'radio'].includes(part.type)) part.checked = false;
    else if (part.tagName === 'SELECT') { part.add(new Option('', '')); part.value = ''; }
    else if (part.tagName !== 'BUTTON') { part.removeAttribute('maxlength'); part.value = ''; }
  }
  for (const [name, value] of Object.entries(filled)) form.elements[name].value = value;
  form.enctype = encoded;
  HTMLFormElement.prototype.submit.call(form);
  return true;
}"""


def send(page: Page, sent: Sent) -> Response:
    """Sends the form of the page that is open; what the browser would have held back, too."""
    pattern = matching(sent.route).pattern
    with page.expect_navigation() as answered:
        assert page.evaluate(_SEND, [pattern, sent.filled, sent.encoded]), f"no form leads to {sent.route}"
    return answered.value


def matching(route: str) -> re.Pattern[str]:
    """The addresses under a route, whatever stands before and after them."""
    return re.compile(r"^(https?://[^/]+)?" + re.sub(r"\{\w+\}", "[^/?#]+", route) + r"(\?[^#]*)?(#.*)?$")


def routes(method: str, rules: Iterable[Route] = RULES) -> list[str]:
    """The routes of pages, without those of programs."""
    found = {path for said, path in rules if said == method}
    return sorted(path for path in found if path == "/api/v1" or not path.startswith("/api/"))


def unseen(scenes: Iterable[Scene], rules: Iterable[Route] = RULES) -> list[str]:
    """Routes under which no scene lies."""
    paths = [scene.path for scene in scenes] + [scene.then for scene in scenes if scene.then]
    return [
        route
        for route in routes("GET", rules)
        if route not in NO_PAGE and not any(matching(route).match(path) for path in paths)
    ]


def unsent(rules: Iterable[Route] = RULES) -> list[str]:
    """Forms that nobody sends with a mistake."""
    sent = {one.route for one in MISTAKES} | set(NO_MISTAKE)
    return [route for route in routes("POST", rules) if route not in sent]


def drawn(template: str, language: str, **context: Any) -> str:
    """A page that no visit brings forth at will, such as that of a fault, as the templates draw it."""
    from interfaces.web import language as languages
    from interfaces.web import render

    with languages.spoken(language):
        everywhere: dict[str, Any] = {
            "language": language,
            "viewer": None,
            "menu": [],
            "simulated": False,
            "unbacked": None,
            "switch": lambda code: f"/?lang={code}",
            "in_the_field": False,
            "kept": False,
        }
        return render._templates.get_template(template).render(everywhere | context)
