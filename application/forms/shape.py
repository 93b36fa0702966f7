"""What every form is: its fields bounded, unknown ones refused; and what several of them hold."""

from typing import Annotated, Final, Literal

import msgspec

# `$` would also match before a line break at the end; this does not, in Python and in JavaScript.
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+(?![\s\S])")]
UnitRef = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Code = Annotated[str, msgspec.Meta(min_length=8, max_length=16)]
Text = Annotated[str, msgspec.Meta(max_length=400)]
Note = Annotated[str, msgspec.Meta(max_length=2_000)]
Year = Annotated[int, msgspec.Meta(ge=1900, le=2100)]
Stalls = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
SkillRef = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

Heard = Literal["contact", "reminders"]
"""What somebody else may say that a person agreed to; the rest only they themselves can."""

MOST_LISTED: Final = 1_000
"""More than any list may hold; the decisions refuse earlier, in the movement's words."""


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass
