"""Which browser on which system, as coarsely as tells one's own devices apart: no versions, no models.

Also whether it is a window inside a chat app, which forgets what is saved in it and has no passkeys.
"""

from typing import Final
from urllib.parse import urlsplit

from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest

_APPS: Final = (
    ("Zalo", "Zalo"),
    ("FBAN/Messenger", "Messenger"),
    ("FBAN/MessengerLite", "Messenger"),
    ("FB_IAB/Orca", "Messenger"),
    ("FB_IAB", "Facebook"),
    ("FBAN/", "Facebook"),
    ("FBAV/", "Facebook"),
    ("Instagram", "Instagram"),
    ("BytedanceWebview", "TikTok"),
    ("musical_ly", "TikTok"),
    ("Viber", "Viber"),
    ("Line/", "Line"),
    ("; wv)", "Android WebView"),
)

# Whoever pretends to be another comes before it: everybody says Safari, most say Chrome.
_BROWSERS: Final = (
    ("coc_coc_browser", "Cốc Cốc"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("UCBrowser", "UC Browser"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(request: AnyRequest) -> str:
    return named(agent_of(request))


def named(agent: str) -> str:
    """`Chrome/Android`; a part that is not known is empty."""
    browser = app_of(agent) or _first(_BROWSERS, agent)
    return f"{browser}/{_first(_SYSTEMS, agent)}"


def agent_of(request: AnyRequest) -> str:
    return request.headers.get("user-agent", "")[:500]


def app_of(agent: str) -> str:
    """The chat app in whose window the page is; empty in a browser of the phone's own."""
    return _first(_APPS, agent)


def said(device: str) -> str:
    """Chrome trên Android."""
    browser, _slash, system = device.partition("/")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown device")


def intent(address: str, agent: str) -> str:
    """A link that opens the address in an Android phone's own browser; empty elsewhere."""
    if "Android" not in agent:
        return ""
    url = urlsplit(address)
    return (
        f"intent://{url.netloc}{url.path}#Intent;scheme={url.scheme};action=android.intent.action.VIEW;"
        "category=android.intent.category.BROWSABLE;end"
    )


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in table if mark in agent), "")
