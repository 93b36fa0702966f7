"""Devices are told apart coarsely, and chat apps from browsers."""

import pytest

from interfaces.web import language
from interfaces.web.device import app_of, intent, named, said

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
EDGE = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"
COC_COC = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} coc_coc_browser/126.0 Chrome/120.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
ZALO = CHROME.replace("; K)", "; K; wv)") + " Zalo android/240601"
FACEBOOK = CHROME + " [FB_IAB/FB4A;FBAV/467.0.0.0;]"
MESSENGER = CHROME + " [FB_IAB/Orca-Android;FBAV/460.0.0.0;]"
WEB_VIEW = CHROME.replace("; K)", "; K; wv)")


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (CHROME, "Chrome/Android"),
        (SAFARI, "Safari/iPhone"),
        (EDGE, "Edge/Windows"),
        (COC_COC, "Cốc Cốc/Windows"),
        (FIREFOX, "Firefox/Linux"),
        (ZALO, "Zalo/Android"),
        ("curl/8.0", "/"),
        ("", "/"),
    ],
)
def test_a_browser_on_a_system(agent, device):
    assert named(agent) == device


@pytest.mark.parametrize(
    ("agent", "app"),
    [
        (ZALO, "Zalo"),
        (FACEBOOK, "Facebook"),
        (MESSENGER, "Messenger"),
        (WEB_VIEW, "Android WebView"),
        (CHROME, ""),
        (SAFARI, ""),
        (EDGE, ""),
    ],
)
def test_a_chat_apps_window_is_no_browser(agent, app):
    assert app_of(agent) == app


def test_on_android_a_link_leads_out_of_it():
    assert intent("https://lantoa.example/vao/abc", ZALO).startswith(
        "intent://lantoa.example/vao/abc#Intent;scheme=https;"
    )
    assert intent("https://lantoa.example/vao/abc", SAFARI) == ""


def test_it_is_said_in_words():
    language.use("vi")
    assert said("Chrome/Android") == "Chrome trên Android"
    assert said("/Windows") == "Windows"
    assert said("/") == "Thiết bị không rõ"
