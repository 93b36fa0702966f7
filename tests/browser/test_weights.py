"""What the field page and a second visit weigh over the wire, as the browser counts it.

Every page's own bar is in `weights.py`, held in `test_every_page.py`; times are in `benchmarks/pages.py`.
"""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Gallery, Visitor, Weight
from tests.browser.looking import LAYOUT_SHIFT
from tests.browser.weights import KB

pytestmark = pytest.mark.browser

QR = 6 * KB
"""What the encoder of QR codes may add, after the form stands there."""


def visitor_of(gallery: Gallery, who: str, **more) -> Visitor:
    return gallery.visitors(size=PHONE, state=gallery.states[who], **more)


def weigh(visitor: Visitor, path: str) -> Weight:
    """A first visit, until nothing more comes."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("Network.enable")
    weight = Weight()
    devtools.on("Network.loadingFinished", weight.add)
    visitor.open(path)
    visitor.page.wait_for_load_state("networkidle")
    devtools.detach()
    return weight


def test_the_lesson_form_weighs_at_most_25_kb_in_6_requests(gallery: Gallery) -> None:
    """What the page asks for itself; what the service worker puts away for later is in the background."""
    visitor = visitor_of(gallery, "ambassador", workers="block")
    weight = weigh(visitor, "/ghi")
    assert weight.requests <= 6
    assert weight.bytes <= 25 * KB + QR
    assert visitor.page.evaluate(LAYOUT_SHIFT) == 0


def test_the_lesson_form_comes_from_the_phone_the_second_time(gallery: Gallery) -> None:
    visitor = visitor_of(gallery, "ambassador")
    visitor.open("/ghi")
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    visitor.page.wait_for_function("navigator.serviceWorker.controller !== null")
    assert sent_for(visitor.page, "/ghi") == []


def test_the_control_without_a_worker_asks_the_server_again(gallery: Gallery) -> None:
    visitor = visitor_of(gallery, "ambassador", workers="block")
    visitor.open("/ghi")
    assert "/ghi" in sent_for(visitor.page, "/ghi")


def sent_for(page: Page, path: str) -> list[str]:
    """The paths that the server was asked for while the page opened: the page's own, and the worker's
    for it; not what an API answers, which is no page."""
    asked: list[str] = []

    def answered(response) -> None:
        if not response.from_service_worker and "/api/" not in response.url:
            asked.append("/" + response.url.split("/", 3)[3])

    page.context.on("response", answered)
    page.goto(page.url.partition("/ghi")[0] + path)
    page.locator("h1").wait_for()
    page.context.remove_listener("response", answered)
    return [one for one in asked if not one.startswith(("/static/", "/sw.js"))]


def test_only_the_page_itself_is_fetched_again(gallery: Gallery) -> None:
    visitor = visitor_of(gallery, "organizer", workers="block")
    visitor.open("/don-vi/52")  # with the script of its map
    visitor.page.wait_for_load_state("load")
    assert fetched(visitor, "/xem-xet") == ["/xem-xet"]
    assert fetched(visitor, "/don-vi/52") == ["/don-vi/52"]


def fetched(visitor: Visitor, path: str) -> list[str]:
    """The paths of what came over the wire, not out of the cache; icons come as browsers please."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("Network.enable")
    cached: set[str] = set()
    devtools.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    asked: dict[str, str] = {}

    def sent(event) -> None:
        asked[event["requestId"]] = event["request"]["url"]

    devtools.on("Network.requestWillBeSent", sent)
    visitor.open(path)
    devtools.detach()
    paths = ["/" + url.split("/", 3)[3] for name, url in asked.items() if name not in cached]
    return [one for one in paths if not one.endswith(".svg")]


def test_whoever_saves_data_is_sent_nothing_optional(gallery: Gallery) -> None:
    """`Save-Data: on`: nothing is put away for later that the page does not need now."""
    visitor = visitor_of(gallery, "ambassador")
    visitor.context.set_extra_http_headers({"Save-Data": "on"})
    asked: list[str] = []
    visitor.context.on("request", lambda request: asked.append(request.url.split("/", 3)[3]))
    visitor.open("/xep-hang")
    visitor.page.wait_for_load_state("networkidle")
    needed = ("xep-hang", "static/look", "static/icon", "static/field", "static/form")
    assert [one for one in asked if not one.startswith(needed)] == []
