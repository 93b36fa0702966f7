"""Every page and state, in both languages: accessible, within narrow screens, large enough to touch.

One visit to a page asks everything of it (`looking.wrong`), and weighs it. Which pages there are is what
`interfaces/permissions.py` lets in (`states.unseen`).
"""

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route

from interfaces.web.problem_documents import TITLES, Problem
from tests.browser import states, weights
from tests.browser.conftest import Gallery
from tests.browser.looking import opened, violations, wrong
from tests.browser.scenery import Scene
from tests.browser.states import MISTAKES

pytestmark = pytest.mark.browser


def test_every_route_has_its_scene(gallery: Gallery) -> None:
    missing = states.unseen(gallery.scenes)
    assert missing == [], (
        "add a scene to tests/browser/scenery.py (or say in states.NO_PAGE why there is none)"
    )


def test_every_form_is_sent_with_a_mistake() -> None:
    missing = states.unsent()
    assert missing == [], "add it to MISTAKES in tests/browser/states.py (or to NO_MISTAKE, with the reason)"


def test_a_route_without_a_scene_is_found() -> None:
    """The control: of a page that nobody thought of."""
    rules = [("GET", "/trang-moi/{ref}"), ("GET", "/ghi"), ("POST", "/trang-moi")]
    assert states.unseen([Scene("lesson", "/ghi")], rules) == ["/trang-moi/{ref}"]
    assert states.unsent(rules) == ["/trang-moi"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_for_everybody(gallery: Gallery, language: str) -> None:
    """WCAG 2.2 A and AA, headings and landmarks, names, sizes to touch, 320 pixels, text of 200%; and on
    the way, what it weighs and from where it comes."""
    found = {}
    heavy = {}
    for scene in gallery.scenes:
        page, weight = gallery.weigh(scene, language=language)
        said = wrong(page, gallery.devtools(page), language, wide=language == "vi")
        if said:
            found[scene.name] = said
        if weight.bytes > weights.most(scene):
            heavy[scene.name] = weight.bytes
    nothing(found)
    assert heavy == {}, "what each page may weigh stands in tests/browser/weights.py"
    assert gallery.asked == {gallery.host}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_form_with_a_mistake_is_for_everybody(gallery: Gallery, language: str) -> None:
    """What is missing stands in the summary and at its field, and its link leads there."""
    found = {}
    for sent in MISTAKES:
        page = gallery.show(gallery.scene(sent.scene), language=language)
        answered = states.send(page, sent)
        said = wrong(page, gallery.devtools(page), language, wide=False)
        said += [f"leads nowhere: {one}" for one in nowhere(page)]
        if answered.status < 400:
            said.append(f"was taken: {answered.status}")
        if said:
            found[str(sent)] = said
    nothing(found)


def nothing(found: Mapping[Any, list[str]]) -> None:
    if found:
        pytest.fail("\n".join(f"{where}: {one}" for where, said in found.items() for one in said))


def nowhere(page: Page) -> list[str]:
    """Links of the summary of mistakes that lead to no field, or to one that is folded away."""
    links = page.locator("[role=alert] a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return [link for link in links if page.locator(link).count() != 1 or not page.locator(link).is_visible()]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_problem_has_a_page_for_everybody(gallery: Gallery, language: str) -> None:
    """Also those that no visit brings forth at will: 409, 429, 500, 503."""
    page = gallery.show(gallery.scene("not_found"), language=language)
    found = {}
    for status, title in TITLES.items():
        problem = Problem(type="about:blank", title=title, status=status, detail="-")
        html = states.drawn("problem.html", language, problem=problem)
        show_instead(page, html)
        if said := wrong(page, gallery.devtools(page), language, wide=False):
            found[status] = said
    nothing(found)


def show_instead(page: Page, html: str) -> None:
    def fulfil(route: Route, _request: Request) -> None:
        route.fulfill(body=html, content_type="text/html")

    page.route(page.url, fulfil)
    page.reload()
    page.unroute(page.url)


def test_what_is_wrong_is_found(gallery: Gallery) -> None:
    """The control: a page that is for nobody."""
    page = gallery.show(gallery.scene("code"))
    page.evaluate("html => { document.querySelector('main').innerHTML = html }", NOT_FOR_EVERYBODY)
    page.evaluate("() => { document.querySelector('.hint').style.color = '#ddd' }")
    page.evaluate("() => { document.querySelector('.wide').style.width = '400px' }")
    said = "\n".join(wrong(page, gallery.devtools(page), "vi", wide=False))
    for one in ("image-alt", "color-contrast", "no label", "not one h1", "too small", "sideways at 320"):
        assert one in said


NOT_FOR_EVERYBODY = """<h2>Two</h2><img src=x><input><p class="hint">pale</p><a href="/">x</a>
<p class="wide">wide</p>"""


@pytest.mark.parametrize(("scene", "field"), [("market_organized", "stalls"), ("vendor_organized", "on")])
def test_what_was_folded_up_is_open_again_with_its_mistake(gallery: Gallery, scene: str, field: str) -> None:
    page = opened(gallery.show(gallery.scene(scene)))
    page.locator(f"#{field}").fill("")
    page.locator("form", has=page.locator(f"#{field}")).locator(".main").click()
    page.wait_for_load_state()
    assert page.locator(f"[role=alert] a[href='#{field}']").count() == 1
    assert page.locator(f"#{field}").is_visible()
    assert violations(page) == []


def test_a_list_of_invited_people_is_for_everybody(gallery: Gallery) -> None:
    """The links as they are handed out, and printed."""
    page = gallery.show(gallery.scene("invite"))
    page.locator("#people").fill("Nguyễn Thị Mới, 0912345671\nTrần Văn Cũ; 12\n\nLê Thị Khác")
    page.locator("main form .main").click()
    page.wait_for_load_state()
    assert page.locator(".coded").count() == 2
    assert page.locator(".summary li").count() == 1
    assert wrong(page, gallery.devtools(page), "vi", wide=True) == []
    page.emulate_media(media="print")
    assert violations(page) == []
    assert page.locator("header.top").is_hidden()
    page.emulate_media(media="screen")


def test_recovery_codes_are_for_everybody(gallery: Gallery) -> None:
    page = opened(gallery.show(gallery.scene("security")))
    page.locator("form[action$='/bao-mat/ma-du-phong'] button").first.click()
    page.wait_for_load_state()
    assert page.locator(".secrets li").count() > 1
    assert wrong(page, gallery.devtools(page), "vi", wide=True) == []
