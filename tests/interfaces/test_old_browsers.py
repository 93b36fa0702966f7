"""Scripts, stylesheets and templates hold to what Chrome 80 and Firefox 78 know."""

from pathlib import Path

import pytest

import interfaces
from interfaces.web import assets
from tests.interfaces.old_browsers import wrong_in_script, wrong_in_stylesheet, wrong_in_template

INTERFACES = Path(interfaces.__file__).parent
SCRIPTS = sorted(INTERFACES.glob("static/**/*.js"))
STYLESHEETS = sorted(INTERFACES.glob("static/**/*.css"))
TEMPLATES = sorted(INTERFACES.glob("templates/**/*.html"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_run_in_old_browsers(script: Path) -> None:
    assert wrong_in_script(script.read_text()) == []


def test_the_worker_imports_nothing_as_it_is_served() -> None:
    """Service workers that are modules came with Chrome 91."""
    served = assets.joined("worker.js")
    assert "import " not in served.replace("// ", "")
    assert wrong_in_script(served) == []


@pytest.mark.parametrize("sheet", STYLESHEETS, ids=lambda path: path.name)
def test_stylesheets_look_right_in_old_browsers(sheet: Path) -> None:
    assert wrong_in_stylesheet(sheet.read_text()) == []


def test_templates_have_nothing_that_old_browsers_do_not_know() -> None:
    wrong = {one.name: wrong_in_template(one.read_text()) for one in TEMPLATES}
    assert {name: said for name, said in wrong.items() if said} == {}


@pytest.mark.parametrize(
    "script",
    [
        "a ??= b",
        "class A { #b = 1 }",
        "class A { static { } }",
        "await fetch('/x')",
        "[1].at(-1)",
        "'a'.replaceAll('a', 'b')",
        "const id = crypto.randomUUID()",
        "structuredClone(a)",
        "const copy = structuredClone(a)",
        "box.replaceChildren()",
        "navigator.locks.request('a', send)",
        "navigator.share({ url })",
        "Promise.any([a, b])",
        "fetch('/x', { signal: AbortSignal.timeout(5) })",
        "a.addEventListener('b', c, { signal: d })",
        "export * as b from './b.js'",
        "/a/v.test(b)",
        "if (",
    ],
)
def test_a_script_that_old_browsers_cannot_run_is_found(script: str) -> None:
    assert wrong_in_script(script)


@pytest.mark.parametrize(
    "script",
    [
        "a?.b ?? c; const { d, ...e } = f; [...g].flatMap(h); import('./i.js')",
        "if (navigator.locks) navigator.locks.request('a', send)",
        "if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js')",
        "navigator.storage?.persist?.()",
        "async function a() { for await (const b of c) await b }",
        "const answer = await_; response.json()",
    ],
)
def test_a_script_that_they_can_run_is_not(script: str) -> None:
    assert wrong_in_script(script) == []


@pytest.mark.parametrize(
    "sheet",
    [
        "@layer base { p { color: red } }",
        "p:has(a) { color: red }",
        "p { color: red; a { color: blue } }",
        "@container (min-width: 9em) { p { color: red } }",
        "main { min-height: 100dvh }",
        "p { inset: 0 }",
        "p { color: color-mix(in srgb, red, blue) }",
        "p { display: flex; gap: 8px }",
        "a:hover, a:focus-visible { color: red }",
        "@media (width >= 40em) { p { color: red } }",
        "p:is(.a, .b) { color: red }",
        "p { margin-inline: 8px }",
    ],
)
def test_a_stylesheet_that_old_browsers_skip_is_found(sheet: str) -> None:
    assert wrong_in_stylesheet(sheet)
