"""Connected forms of KoboToolbox and ODK Central."""

from typing import Annotated

import msgspec

from application.forms.shape import Form, Id, UnitRef
from domain.surveys import Source, Tells


class ConnectionForm(Form, frozen=True, kw_only=True):
    """A form of KoboToolbox or ODK Central that is to send what it collects to a unit."""

    submission: Id
    unit: UnitRef
    source: Source
    tells: Tells
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
