"""What Chrome 80 and Firefox 78 lack (both of 2020, as cheap phones still have them), and a reader of
scripts, stylesheets and templates that finds it. Versions as in MDN's browser-compat-data.

Scripts: what stands in `MISSING` may not be used; what stands in `ASKED_FOR` only in a file that asks
first whether it is there. Stylesheets: only what both know (`PROPERTIES`), or what may be missing without
harm (`HARMLESS`). New names are looked up before they are added.
"""

import re
from collections.abc import Iterator
from typing import Final

import tinycss2
import tree_sitter
import tree_sitter_javascript
from tinycss2.ast import Node


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARSER: Final = tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))

# Node types and operators of the grammar: what an old browser cannot even read.
SYNTAX: Final = {
    "class_static_block": "static blocks (Chrome 94)",
    "private_property_identifier": "private names (Firefox 90)",
    "??=": "logical assignment (Chrome 85)",
    "||=": "logical assignment (Chrome 85)",
    "&&=": "logical assignment (Chrome 85)",
    "namespace_export": "export * as (Firefox 80)",
    "import_attribute": "import attributes (Chrome 123)",
    "decorator": "decorators",
    "ERROR": "not readable",
}
FUNCTIONS: Final = {
    "function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "generator_function_declaration",
}

# Methods, properties and globals that one of them lacks.
MISSING: Final = _words(
    """at findLast findLastIndex replaceAll hasOwn toSorted toReversed toSpliced groupBy fromAsync
    withResolvers randomUUID replaceChildren isWellFormed toWellFormed canParse checkVisibility showModal
    showPicker showPopover hidePopover togglePopover submitter DisplayNames Segmenter supportedValuesOf
    formatRange databases getDirectory waitAsync userAgentData getSetCookie setHTML setHTMLUnsafe getHTML
    startViewTransition moveBefore throwIfAborted isSubsetOf"""
)
MISSING_GLOBALS: Final = _words(
    """structuredClone WeakRef FinalizationRegistry CompressionStream DecompressionStream TransformStream
    OffscreenCanvas cookieStore navigation scheduler AggregateError reportError"""
)
# As owner.name, where the name alone is a word that everybody uses.
MISSING_OF: Final = {"Promise.any", "Promise.try", "AbortSignal.any", "AbortSignal.timeout", "Response.json"}
# There in some: only where the file asks first (`?.`, `in`, `if`, `&&`, `?:`, typeof).
ASKED_FOR: Final = _words(
    """share canShare clipboard wakeLock vibrate connection locks serviceWorker PublicKeyCredential
    speechSynthesis BarcodeDetector setAppBadge sync periodicSync persist estimate
    storage BroadcastChannel inert"""
)

PROPERTIES: Final = _words(
    """align-items align-self align-content background background-color background-size border border-bottom
    border-bottom-width border-collapse border-color border-inline-end border-inline-start
    border-inline-start-width border-left border-radius border-right border-style border-top border-width
    bottom box-shadow box-sizing break-after break-before break-inside caption-side clip clip-path color
    column-gap columns content counter-increment counter-reset cursor display fill flex flex-basis
    flex-direction flex-grow flex-shrink flex-wrap float font font-family font-feature-settings font-size
    font-style font-variant-numeric font-weight gap grid-area grid-column grid-gap grid-row
    grid-template-areas grid-template-columns grid-template-rows height hyphens justify-content
    justify-items justify-self left letter-spacing line-height list-style margin margin-bottom
    margin-inline-end margin-inline-start margin-left margin-right margin-top max-height max-width
    min-height min-width object-fit opacity order outline outline-color outline-offset overflow
    overflow-wrap overflow-x overflow-y padding padding-bottom padding-inline-end padding-inline-start
    padding-left padding-right padding-top page-break-after page-break-before page-break-inside
    place-content place-items pointer-events position resize right row-gap scroll-behavior
    scroll-margin-top scroll-padding-top shape-rendering stroke stroke-dasharray stroke-linecap
    stroke-width table-layout text-align text-decoration text-indent text-overflow text-transform
    -webkit-text-size-adjust top touch-action transform transform-origin transition user-select
    vertical-align visibility white-space width will-change word-break word-spacing z-index size
    orphans widows animation animation-duration"""
)
HARMLESS: Final = _words(
    """color-scheme text-wrap text-underline-offset text-decoration-thickness text-size-adjust accent-color
    forced-color-adjust print-color-adjust -webkit-print-color-adjust scrollbar-gutter
    overscroll-behavior"""
)
AT_RULES: Final = {"media", "supports", "page", "keyframes", "font-face"}
UNITS: Final = {"px", "em", "rem", "%", "fr", "ch", "vw", "vh", "s", "ms", "mm", "cm", "pt", "deg"}
CSS_FUNCTIONS: Final = {
    "var", "calc", "min", "max", "clamp", "minmax", "repeat", "inset", "rgba", "rgb", "env", "url",
    "not", "nth-child", "nth-of-type", "nth-last-child", "translate", "translatex", "translatey", "rotate",
    "scale", "attr", "counter", "cubic-bezier", "lang", "linear-gradient",
}  # fmt: skip
PSEUDO: Final = {
    "root", "before", "after", "hover", "focus", "focus-visible", "focus-within", "active", "visited",
    "link", "checked", "disabled", "enabled", "first-child", "last-child", "only-child", "first-of-type",
    "last-of-type", "empty", "target", "required", "invalid", "valid", "placeholder-shown", "placeholder",
    "nth-child", "nth-of-type", "nth-last-child", "not", "lang", "-webkit-details-marker", "first-letter",
    "first",
}  # fmt: skip


def wrong_in_script(source: str) -> list[str]:
    """What of a script old browsers cannot read or do, as `line: what`."""
    tree = _PARSER.parse(source.encode())
    asked = _asked(source)
    found = []
    for node in _nodes(tree.root_node):
        text = (node.text or b"").decode()
        line = node.start_point[0] + 1
        if node.is_missing or node.type in SYNTAX:
            found.append(f"{line}: {SYNTAX.get(node.type, 'not readable')}: {text[:40]}")
        if node.type == "await_expression" and not _inside_function(node):
            found.append(f"{line}: await outside of functions (Chrome 89)")
        if node.type == "regex_flags" and set(text) & set("dv"):
            found.append(f"{line}: flags of a pattern: {text}")
        if node.type == "pair" and text.startswith("signal:") and "addEventListener" in _call(node):
            found.append(f"{line}: addEventListener with a signal (Chrome 90) is never taken off")
        if _missing(node, text):
            found.append(f"{line}: {text} is missing in Chrome 80 or Firefox 78")
        if text in ASKED_FOR - asked and _relied_on(node):
            found.append(f"{line}: {text} is not everywhere: ask first")
    return found


def _nodes(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _asked(source: str) -> set[str]:
    """The names that the file asks for before it uses them."""
    asked = set(re.findall(r"[\"'](\w+)[\"'] in ", source)) | set(re.findall(r"\.(\w+)\?\.", source))
    asked |= set(re.findall(r"typeof (?:\w+\.)*(\w+)", source))
    conditions = re.findall(r"(?:if|while) \((.*)\)", source)
    conditions += re.findall(r"([^;{}\n]*?)(?:&&|\|\||\?)", source)
    for condition in conditions:
        asked |= set(re.findall(r"\w+", condition))
    # What the file declares or imports under such a name is its own.
    asked |= set(re.findall(r"(?:function|const|let|class) (\w+)", source))
    for imported in re.findall(r"import \{([^}]*)\}", source):
        asked |= set(re.findall(r"\w+", imported))
    return asked


def _missing(node: tree_sitter.Node, text: str) -> bool:
    if node.type == "identifier":
        return text in MISSING_GLOBALS and not _own(node)
    if not _used(node) or node.parent is None:
        return False
    return text in MISSING or (node.parent.text or b"").decode() in MISSING_OF


def _used(node: tree_sitter.Node) -> bool:
    """Named as a global that is not the script's own, or as something's property."""
    if node.type == "identifier":
        return not _own(node)
    return (
        node.type == "property_identifier"
        and node.parent is not None
        and node.parent.type == "member_expression"
    )


def _relied_on(node: tree_sitter.Node) -> bool:
    """Called, or asked for something of it: what fails where it is missing. To read it is to ask."""
    if not _used(node) or node.parent is None:
        return False
    if node.type == "identifier":
        return True
    beyond = node.parent.parent
    if beyond is None or b"?." in (beyond.text or b"")[len(node.parent.text or b"") :][:2]:
        return False
    return beyond.type == "member_expression" or (
        beyond.type == "call_expression" and beyond.child_by_field_name("function") == node.parent
    )


def _own(node: tree_sitter.Node) -> bool:
    """A name of the script's own: declared, a parameter, a key of an object, a method of a class."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "variable_declarator":
        return parent.child_by_field_name("name") == node
    return parent.type in {
        "function_declaration",
        "formal_parameters",
        "pair",
        "pair_pattern",
        "method_definition",
        "import_specifier",
        "export_specifier",
    }


def _call(node: tree_sitter.Node) -> str:
    while node.parent is not None and node.type != "call_expression":
        node = node.parent
    called = node.child_by_field_name("function")
    return "" if called is None else (called.text or b"").decode()


def _inside_function(node: tree_sitter.Node) -> bool:
    while node.parent is not None:
        node = node.parent
        if node.type in FUNCTIONS:
            return True
    return False


def wrong_in_stylesheet(source: str) -> list[str]:
    """What of a stylesheet old browsers skip, as `line: what`."""
    rules = tinycss2.parse_stylesheet(source, skip_comments=True, skip_whitespace=True)
    found = list(_wrong_in_rules(rules))
    return found + [f"gaps between flex items want margins for Chrome 80: {one}" for one in _gaps(source)]


def _wrong_in_rules(rules: list[Node]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "error":
            yield f"{rule.source_line}: {rule.message}"
        elif rule.type == "at-rule":
            yield from _wrong_in_at_rule(rule)
        else:
            yield from _wrong_in_selector(rule)
            yield from _wrong_in_declarations(rule)


def _wrong_in_at_rule(rule: Node) -> Iterator[str]:
    if rule.lower_at_keyword not in AT_RULES:
        yield f"{rule.source_line}: @{rule.at_keyword}"
        return
    said = tinycss2.serialize(rule.prelude)
    if rule.lower_at_keyword == "media" and re.search(r"[<>]", said):
        yield f"{rule.source_line}: ranges (Chrome 104): {said}"
    if rule.lower_at_keyword == "supports" and "selector(" in said:
        yield f"{rule.source_line}: @supports selector() (Chrome 83)"
    if rule.lower_at_keyword in {"page", "font-face"}:
        yield from _wrong_in_declarations(rule)
    elif rule.content is not None:
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        yield from _wrong_in_rules(inner)


def _wrong_in_selector(rule: Node) -> Iterator[str]:
    said = tinycss2.serialize(rule.prelude)
    for name in re.findall(r"::?([a-z-]+)", said):
        if name not in PSEUDO:
            yield f"{rule.source_line}: :{name}"
    if re.search(r":not\([^)]*,", said):
        yield f"{rule.source_line}: :not() with a list (Chrome 88)"
    each = [":focus-visible" in one for one in said.split(",")]
    if any(each) and not all(each):
        yield f"{rule.source_line}: one selector with :focus-visible takes the others with it (Chrome 86)"


def _wrong_in_declarations(rule: Node) -> Iterator[str]:
    inside = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    for one in inside:
        if one.type != "declaration":
            yield f"{one.source_line}: a rule within a rule, or not readable"
            continue
        name = one.lower_name
        if not name.startswith("--") and name not in PROPERTIES | HARMLESS:
            yield f"{one.source_line}: {name}"
        if name in HARMLESS:
            continue
        for value in _values(one.value):
            if value.type == "dimension" and value.lower_unit not in UNITS:
                yield f"{one.source_line}: the unit {value.unit}"
            if value.type == "function" and value.lower_name not in CSS_FUNCTIONS:
                yield f"{one.source_line}: {value.name}()"
            if value.type == "ident" and value.lower_value in {"subgrid", "masonry", "clip", "stretch"}:
                yield f"{one.source_line}: {name}: {value.value}"


def _values(values: list[Node]) -> Iterator[Node]:
    for value in values:
        yield value
        if value.type == "function":
            yield from _values(value.arguments)


def _gaps(source: str) -> list[str]:
    """Selectors of flex boxes with gaps that the part for browsers without `inset` does not name."""
    plain = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    fallback = re.findall(r"@supports not \(inset: 0\) \{(.*?\n)\}", plain, flags=re.DOTALL)
    named = "".join(fallback)
    boxes = re.findall(r"([^{}]+)\{([^{}]*display: (?:inline-)?flex[^{}]*)\}", plain)
    with_gap = [selector for selector, said in boxes if re.search(r"(?<!-)(?:column-|row-)?gap:", said)]
    return [one.strip() for selector in with_gap for one in selector.split(",")
            if one.strip().split(" ")[0] not in named]  # fmt: skip


_TEMPLATE: Final = re.compile(
    r"<dialog\b|<search\b|\bpopover(?==|\s|>)|\sinert[\s>]|<script(?![^>]*type=\"module\")"
)


def wrong_in_template(source: str) -> list[str]:
    """Elements and attributes that old browsers show wrongly or not at all."""
    return _TEMPLATE.findall(source)
