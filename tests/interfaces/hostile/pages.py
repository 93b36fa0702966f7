"""Pages as a program reads them: their links, their forms, and what they hold that ours never do."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from domain.courses import COURSES
from tests.interfaces.hostile.corpus import MARK, PRODUCT

Attributes = list[tuple[str, str | None]]

_NEVER: Final = frozenset({"iframe", "object", "embed", "base", "style", "math", "applet", "frame"})
_ADDRESSES: Final = frozenset({"href", "src", "action", "formaction", "data", "poster", "xlink:href"})
_OUR_ADDRESS: Final = re.compile(
    r"/(?![/\\])|#|\?|https?://127\.0\.0\.1[:/]|(tel|sms|mailto):|otpauth://totp/lan%20t%e1%bb%8fa:\w+\?[\w=&%]+\Z"
)
_COURSES: Final = frozenset(one.address for one in COURSES)
"""The only places elsewhere that pages lead to, whole: nobody types them."""
_DRAWN: Final = re.compile(r"data:image/(svg\+xml|png)[;,]")


@dataclass
class Field:
    """One field of a form with what the page had put into it."""

    name: str
    kind: str
    value: str
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    method: str
    action: str
    fields: list[Field] = field(default_factory=list)

    @property
    def shape(self) -> str:
        """The same for forms that differ in ids alone."""
        path = re.sub(r"[0-9A-Za-z_-]{16,}|[A-Z2-9]{8,}", "*", urlsplit(self.action).path)
        return f"{self.method} {path} {','.join(sorted({one.name for one in self.fields}))}"


@dataclass
class Page:
    """`alien` is what is never on a page of ours: somebody else put it there."""

    links: set[str] = field(default_factory=set)
    forms: list[Form] = field(default_factory=list)
    alien: list[str] = field(default_factory=list)


def read(html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if PRODUCT in html:
        reader.page.alien.append(f"worked out: {PRODUCT}")
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._form: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        said = {name: value or "" for name, value in attrs}
        self._look(tag, said)
        if tag == "a" and "href" in said:
            self.page.links.add(said["href"])
        elif tag == "form":
            self._form = Form(said.get("method", "get").lower(), said.get("action", ""))
            self.page.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        assert self._form is not None
        name, value = said.get("name", ""), said.get("value", "")
        if tag == "option" and self._select is not None:
            self._select.options.append(value)
            if "selected" in said:
                self._select.value = value
        if not name:
            return
        if tag == "input":
            kind = said.get("type", "text")
            if kind in ("radio", "checkbox"):
                known = next((one for one in self._form.fields if one.name == name), None)
                if known is not None:
                    known.options.append(value)
                    return
                self._form.fields.append(Field(name, kind, value, [value]))
            else:
                self._form.fields.append(Field(name, kind, value))
        elif tag == "select":
            self._select = Field(name, "select", "")
            self._form.fields.append(self._select)
        elif tag == "textarea":
            self._area = Field(name, "textarea", "")
            self._form.fields.append(self._area)
        elif tag == "button":
            self._form.fields.append(Field(name, "button", value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
        if self.lasttag == "script" and data.strip() and MARK in data:
            self.page.alien.append(f"a script: {data.strip()[:80]}")

    def _look(self, tag: str, said: dict[str, str]) -> None:
        alien = self.page.alien
        if tag in _NEVER:
            alien.append(f"<{tag}>")
        if tag == "script" and not said.get("src", "").startswith("/static/"):
            alien.append(f"<script> without a file of ours: {said}")
        if tag == "meta" and "http-equiv" in said:
            alien.append(f"<meta http-equiv>: {said}")
        for name, value in said.items():
            address = value.strip().lower()
            if (
                name.startswith("on")
                or name in ("srcdoc", "style")
                or (
                    name in _ADDRESSES
                    and address
                    and not (_OUR_ADDRESS.match(address) or _DRAWN.match(address))
                    and not (tag == "a" and value in _COURSES)
                )
            ):
                alien.append(f"<{tag} {name}={value!r}>")
