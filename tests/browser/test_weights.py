"""What pages weigh over the wire, as the browser counts it (the gates of the screens)."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, Gallery, Visitor

pytestmark = pytest.mark.browser

KB = 1024


@dataclass
class Weight:
    requests: int = 0
    bytes: int = 0


def weigh(visitor: Visitor, path: str) -> Weight:
    """A first load, headers included; the cache is emptied before."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("Network.enable")
    devtools.send("Network.clearBrowserCache")
    weight = Weight()

    def finished(event) -> None:
        weight.requests += 1
        weight.bytes += int(event["encodedDataLength"])

    devtools.on("Network.loadingFinished", finished)
    visitor.open(path)
    visitor.page.wait_for_timeout(150)  # the icon comes after the page
    devtools.detach()
    return weight


def visitor_of(gallery: Gallery, who: str | None, size) -> Visitor:
    return gallery.visitors(size=size, state=gallery.states[who])


def test_the_lesson_form_weighs_at_most_25_kb_in_6_requests(gallery: Gallery) -> None:
    weight = weigh(visitor_of(gallery, "ambassador", PHONE), "/ghi")
    assert weight.requests <= 6
    assert weight.bytes <= 25 * KB


def test_a_page_of_an_organizer_weighs_at_most_80_kb(gallery: Gallery) -> None:
    for scene in gallery.scenes:
        if scene.who in ("organizer", "committee"):
            weight = weigh(visitor_of(gallery, scene.who, DESKTOP), scene.path)
            assert weight.bytes <= 80 * KB, scene


def test_only_the_page_itself_is_fetched_again(gallery: Gallery) -> None:
    visitor = visitor_of(gallery, "ambassador", PHONE)
    visitor.open("/ghi")
    visitor.page.wait_for_load_state("load")
    fetched = _fetched(visitor.page, lambda: visitor.open("/toi"))
    assert [path for path in fetched if not path.endswith(".svg")] == ["/toi"]  # icons: as browsers please


def test_nothing_comes_from_anywhere_else(gallery: Gallery) -> None:
    for scene in gallery.scenes:
        gallery.show(scene)
    assert gallery.asked == {gallery.host}


def _fetched(page: Page, act) -> list[str]:
    """The paths of what came over the wire, not out of the cache."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    cached: set[str] = set()
    devtools.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    asked: dict[str, str] = {}

    def sent(event) -> None:
        asked[event["requestId"]] = event["request"]["url"]

    devtools.on("Network.requestWillBeSent", sent)
    act()
    page.wait_for_load_state("load")
    devtools.detach()
    return ["/" + url.split("/", 3)[3] for name, url in asked.items() if name not in cached]


def test_a_slow_network_and_phone_show_the_form_within_3_seconds(gallery: Gallery) -> None:
    """400 ms away, 400 kbit/s, a processor four times slower: largest paint and layout shift."""
    visitor = visitor_of(gallery, "ambassador", PHONE)
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    devtools.send("Network.emulateNetworkConditions", slow)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page = visitor.open("/ghi")
    page.wait_for_timeout(500)
    paint, shift = page.evaluate(PAINTED)
    assert 0 < paint <= 3_000
    assert shift == 0


PAINTED = """() => new Promise(resolve => {
  let paint = 0, shift = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { paint = one.startTime }))
    .observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver(list => list.getEntries().forEach(one => { shift += one.value }))
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve([paint, shift]), 200);
})"""
