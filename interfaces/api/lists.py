"""Lists brought in by a program: a file as the body, its columns, what is wrong, loading, bad rows back."""

import asyncio
from datetime import datetime
from typing import Annotated, Final

import msgspec
from litestar import get, post

from application.forms.shape import Form
from application.lists.fields import FIELDS, lacking, twice
from application.lists.loading import ABOUT, IMPORTING
from domain.lists import ListKind
from domain.model import Position, UnitId
from infrastructure.lists.kept import Brought, State
from infrastructure.lists.spool import Gone
from interfaces import importing
from interfaces.api.speaking import API, Json, UnitRef, identifier, said
from interfaces.house import House
from interfaces.web.boundaries import unit_reached
from interfaces.web.given import Given
from interfaces.web.limits import AnyRequest, NothingThere, WrongValue, read_json, read_query
from interfaces.web.list_pages import why_not
from interfaces.web.list_words import bad_rows_file, column, columns_of, label, reason
from interfaces.web.lists import as_file, own_list
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited
from interfaces.web.uploading import receive

OCTETS: Final = "application/octet-stream"
NAMED: Final = 200
"""Bad rows that an answer names; the file has all of them."""

Key = Annotated[str, msgspec.Meta(max_length=64)]
Name = Annotated[str, msgspec.Meta(max_length=200)]


class ImportQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which unit and kind; `sheet` where several sheets of a workbook have rows."""

    unit: UnitRef
    kind: ListKind
    name: Name = ""
    sheet: Name = ""


class ColumnsForm(Form, frozen=True, kw_only=True):
    """For each column in order the field that it holds, or null. `new_hamlets`: hamlets that are not
    known yet are added."""

    columns: Annotated[tuple[Key | None, ...], msgspec.Meta(max_length=200)]
    new_hamlets: bool = False


class NothingForm(Form, frozen=True, kw_only=True):
    pass


class FieldOut(msgspec.Struct, frozen=True):
    """`label` in the language of the request."""

    field: str
    label: str
    required: bool


class BadRowOut(msgspec.Struct, frozen=True):
    """`line` is that of the file, `column` the heading of the column at fault, which holds `field`;
    `refusal` names the rule, `why` says it."""

    line: int
    column: str | None
    field: str | None
    refusal: str
    why: str


class ImportOut(msgspec.Struct, frozen=True, kw_only=True):
    """`state`: mapping, checking, checked, loading, loaded or failed. Of the `rows` of the file so many
    are `done`; `good` can be or were recorded, of which `known` stood already; `bad` cannot. `left_out` are
    the numbers of rows of the file that are none of the list: numbers of columns, sums, signatures. `why` it
    failed is said in the language of the request."""

    id: str
    kind: ListKind
    unit: UnitId
    format: str
    state: str
    why: str | None
    headings: list[str]
    columns: list[str | None]
    fields: list[FieldOut]
    lacking: list[str]
    new_hamlets: bool
    rows: int
    done: int
    good: int
    known: int
    bad: int
    left_out: list[int]
    bad_rows: list[BadRowOut]
    position: Position
    created: datetime


class ImportsOut(msgspec.Struct, frozen=True):
    rows: list[ImportOut]


@get(
    f"{API}/imports",
    gives={200: ImportsOut},
    summary="The lists that whoever asks brought in, the latest first",
)
async def every(request: AnyRequest) -> Json:
    house = house_of(request)
    rows = [_out(house, one, rows=False) for one in house.lists.of(actor(request).person)]
    return said(ImportsOut(rows))


@post(
    f"{API}/imports",
    asks=ImportQuery,
    gives={201: ImportOut},
    summary="Takes in a list: the body is the file (XLSX or CSV), at most 32 MB; nothing is recorded yet",
)
async def bring(request: AnyRequest) -> Json:
    """Columns are guessed from their headings. Raises `OutOfScope` before the body is read."""
    house, asking, query = house_of(request), actor(request), read_query(request, ImportQuery)
    unit = unit_reached(house, asking, query.unit, *IMPORTING, about=ABOUT[query.kind])
    await limited(request, Kind.BRINGING)
    path = await receive(request, house)
    list_ = await asyncio.to_thread(
        importing.bring,
        house,
        asking,
        path,
        name=query.name,
        kind=query.kind,
        unit=unit,
        sheet=query.sheet,
    )
    return said(_out(house, importing.must_get(house, list_)), 201)


@get(
    f"{API}/imports/{{list:str}}",
    gives={200: ImportOut},
    summary="How far a list is, and why rows of it are not taken",
)
async def show(request: AnyRequest) -> Json:
    house = house_of(request)
    brought = own_list(house, actor(request), identifier(request.path_params["list"]))
    importing.go_on(house, brought)
    return said(_out(house, brought))


@post(
    f"{API}/imports/{{list:str}}/columns",
    takes=ColumnsForm,
    gives={200: ImportOut},
    summary="Says what each column holds; every row is then looked at, and nothing recorded",
)
async def columns(request: AnyRequest) -> Json:
    """Raises `WrongValue` where a needed column is lacking, or one stands twice."""
    house = house_of(request)
    brought = own_list(house, actor(request), identifier(request.path_params["list"]))
    form = await read_json(request, ColumnsForm)
    known = {one.key for one in FIELDS[brought.kind]}
    if any(one is not None and one not in known for one in form.columns):
        raise WrongValue(field="columns")
    holds = (*form.columns, *([None] * (len(brought.holds) - len(form.columns))))
    if len(holds) > len(brought.holds) or twice(holds) or lacking(brought.kind, holds):
        raise WrongValue(field="columns")
    importing.check_soon(house, brought.list, holds, new_hamlets=form.new_hamlets)
    return _onwards(house, brought)


@post(
    f"{API}/imports/{{list:str}}/loading",
    takes=NothingForm,
    gives={200: ImportOut},
    summary="Records the good rows of a list that was looked at, or tries again one that ended the program",
)
async def load(request: AnyRequest) -> Json:
    house = house_of(request)
    brought = own_list(house, actor(request), identifier(request.path_params["list"]))
    await read_json(request, NothingForm)
    importing.load_soon(house, brought.list)
    return _onwards(house, brought)


@post(
    f"{API}/imports/{{list:str}}/removal",
    takes=NothingForm,
    gives={200: NothingForm},
    summary="Removes the rows that are kept of a list; what was recorded stays",
)
async def remove(request: AnyRequest) -> Json:
    """Raises `StillUnderWay` while its rows are looked at or recorded."""
    house = house_of(request)
    brought = own_list(house, actor(request), identifier(request.path_params["list"]))
    await read_json(request, NothingForm)
    await asyncio.to_thread(importing.remove, house, brought.list)
    return said(NothingForm())


@get(
    f"{API}/imports/{{list:str}}/bad-rows",
    gives={200: OCTETS},
    summary="The rows that are not taken, as the file came, with one more column that says why",
)
async def file(request: AnyRequest) -> Given:
    house = house_of(request)
    brought = own_list(house, actor(request), identifier(request.path_params["list"]))
    await limited(request, Kind.EXPORT)
    try:
        content = await asyncio.to_thread(bad_rows_file, house, brought)
    except Gone:
        raise NothingThere from None
    return as_file(brought, content)


def _onwards(house: House, brought: Brought) -> Json:
    now = importing.must_get(house, brought.list)
    importing.go_on(house, now)
    return said(_out(house, now))


def _out(house: House, brought: Brought, *, rows: bool = True) -> ImportOut:
    try:
        cover = house.spools.cover(brought.list)
        headings, left_out = list(cover.headings), list(cover.left_out)
    except Gone:
        headings, left_out = [], []
    faults = house.lists.faults(brought.list, limit=NAMED) if rows and brought.bad else []
    headed = columns_of(house, brought) if faults else {}
    return ImportOut(
        id=brought.list,
        kind=brought.kind,
        unit=brought.unit,
        format=brought.format,
        state=brought.state.value,
        why=why_not(brought) if brought.state is State.FAILED else None,
        headings=headings,
        columns=[*brought.holds],
        fields=[
            FieldOut(one.key, label(one.key, brought.kind), one.required) for one in FIELDS[brought.kind]
        ],
        lacking=lacking(brought.kind, brought.holds),
        new_hamlets=brought.new_hamlets,
        rows=brought.lines,
        done=brought.done,
        good=brought.good,
        known=brought.known,
        bad=brought.bad,
        left_out=left_out,
        bad_rows=[
            BadRowOut(
                line=one.line,
                column=column(one, headed),
                field=str(one.details.get("field", "")) or None,
                refusal=one.refusal,
                why=reason(one, headed, brought.kind),
            )
            for one in faults
        ],
        position=brought.position,
        created=brought.created,
    )
