"""`python -m infrastructure.exports.filling`: fills in one template, bounded, and ends.

Reads JSON with the template (base64) and its fields, writes the document. What is wrong is said as JSON on
the last line of standard error.
"""

import io
import json
import resource
import sys
from base64 import b64decode
from typing import Any, Final, NoReturn

from docxtpl import DocxTemplate
from jinja2 import DictLoader, StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

CPU: Final = 30
"""Seconds of work."""
MEMORY: Final = 1_500 * 1024 * 1024
LARGEST: Final = 32 * 1024 * 1024
FILTERS: Final = ("upper", "lower", "capitalize", "title", "trim", "length", "default", "join", "replace")


class Sandbox(ImmutableSandboxedEnvironment):
    """Fields are read by name and by place; nothing else of them is reached, and nothing is called."""

    def is_safe_attribute(self, obj: Any, attr: str, _value: Any) -> bool:
        return isinstance(obj, LoopContext) and attr in ("index", "first", "last", "length")

    def is_safe_callable(self, _obj: Any) -> bool:
        return False

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, dict):
            return self.undefined(name=attribute)
        return super().getattr(obj, attribute)


def environment() -> Sandbox:
    made = Sandbox(autoescape=True, undefined=StrictUndefined, loader=DictLoader({}))
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in ("defined", "none", "eq", "equalto")}
    return made


def fill_in(template: bytes, fields: dict[str, Any]) -> bytes:
    """Raises jinja2's errors, and whatever a broken document raises."""
    document = DocxTemplate(io.BytesIO(template))
    document.render(fields, environment(), autoescape=True)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = json.load(sys.stdin.buffer)
    try:
        made = fill_in(b64decode(asked["template"]), asked["fields"])
    except UndefinedError as error:
        _end("unknown-field", _field(str(error)))
    except SecurityError:
        _end("acts")
    except TemplateSyntaxError as error:
        _end(*_misplaced(error))
    except TemplateError as error:
        _end("syntax", str(error)[:60])
    except (MemoryError, RecursionError):
        _end("slow")
    except Exception:
        _end("not-docx")
    if len(made) > LARGEST:
        _end("slow")
    sys.stdout.buffer.write(made)


def _misplaced(error: TemplateSyntaxError) -> tuple[str, str]:
    """What has no end, as jinja2 says it last; else the paragraph at fault, which docxtpl keeps with three
    lines before it."""
    said = error.message or ""
    quoted = said.split("'")
    if said.startswith("Unexpected end of template") and len(quoted) > 2:
        return "unclosed", f"end{quoted[-2]}"
    context = list(getattr(error, "docx_context", ()))
    at = min(error.lineno - 1, 3)
    return "syntax", " ".join((context[at] if at < len(context) else said).split())[:60]


def _field(said: str) -> str:
    """'kho_khan2' is undefined; 'dict object' has no attribute 'ten'."""
    quoted = said.split("'")
    return quoted[-2] if len(quoted) > 2 else said


def _end(why: str, name: str = "") -> NoReturn:
    sys.stderr.write("\n" + json.dumps({"why": why, "name": name}) + "\n")
    sys.stderr.flush()
    sys.exit(1)


if __name__ == "__main__":
    main()
