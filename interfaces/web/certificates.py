"""/toi/chung-nhan: one's own certificate. /vinh-danh/kiem/{ref}: what anybody reads who checks one."""

from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath

from application import certificates
from application.certificates import Checked
from application.lookups import People
from domain.calendar import day_of
from domain.certificates import CertificateIssued, NothingToCertify
from domain.model import PersonId
from infrastructure.exports import certificate as printed
from infrastructure.exports.certificate import MEDIA_TYPE, Certificate
from infrastructure.read_models import honours, people
from infrastructure.read_models.honours import Status
from interfaces import reads
from interfaces.house import House
from interfaces.reads import Unlogged
from interfaces.web.answers import NOT_KEPT
from interfaces.web.counting import criteria_by
from interfaces.web.language import current, day, number
from interfaces.web.language import gettext as _
from interfaces.web.limits import AnyRequest, read_form
from interfaces.web.problems import problem_of
from interfaces.web.render import Link, page
from interfaces.web.session import actor, house_of
from interfaces.web.tries import Kind, limited

PRIVATE: Final = {"Cache-Control": "no-store"}


@get("/toi/chung-nhan")
async def own(request: AnyRequest) -> Response[bytes]:
    """What the certificate says and who can check it, before it is made."""
    house, asking = house_of(request), actor(request)
    with house.asking() as db:
        recognised = honours.of_person(db, asking.person) is not None
    return page(request, "mine/certificate.html", headers=PRIVATE, recognised=recognised)


@post("/toi/chung-nhan")
async def make(request: AnyRequest) -> Response[bytes]:
    """The PDF; the same one each time. Raises `NothingToCertify`, `TooManyTries`, `Unavailable`."""
    await read_form(request)
    house, asking = house_of(request), actor(request)
    await limited(request, Kind.PRINTING)
    found = await certificates.certify(house.ground, asking)
    now = People(house.ledger, [asking.person]).now(asking.person)
    name = reads.names(house, [now], Unlogged.OWN).get(now)
    if name is None:
        raise NothingToCertify
    pdf = await printed.as_pdf(_said(house, found.issued, name, _address(house, found.code)))
    headers = PRIVATE | {"Content-Disposition": 'attachment; filename="lantoa-chung-nhan.pdf"'}
    return Response(pdf, status_code=200, headers=headers, media_type=MEDIA_TYPE)


@get("/vinh-danh/kiem/{ref:str}")
async def check(request: AnyRequest, ref: FromPath[str]) -> Response[bytes]:
    """Whether a certificate stands: unit and day, and the name where it is public."""
    house = house_of(request)
    try:
        await limited(request, Kind.CERTIFICATE, ref[:40])
        found = certificates.check(house.ground, ref)
    except certificates.UnknownCertificate as refusal:
        return _unknown(request, refusal)
    issued = found.issued
    return page(
        request,
        "boards/certificate.html",
        headers=NOT_KEPT,
        stands=found.withdrawn is None,
        withdrawn=day(day_of(found.withdrawn)) if found.withdrawn else None,
        name=_public_name(house, found),
        unit=certificates.name_on(house.ground, issued.unit, issued.recognised),
        recognised=day(day_of(issued.recognised)),
        position=number(issued.recognition),
        criteria=criteria_by(certificates.document_of(house.ground, issued.unit, issued.criteria)),
        honours=f"/vinh-danh?unit={issued.unit}",
    )


def _said(house: House, issued: CertificateIssued, name: str, address: str) -> Certificate:
    unit = certificates.name_on(house.ground, issued.unit, issued.recognised)
    document = certificates.document_of(house.ground, issued.unit, issued.criteria)
    return Certificate(
        lang=current(),
        title=_("Certificate"),
        issuer=_("The movement Digital Literacy for All"),
        certifies=_("The movement's ledger says that"),
        name=name,
        line=_("is a digital ambassador of %(unit)s", unit=unit),
        reason=_("who taught digital skills to people who confirmed it one by one."),
        facts=[
            _("Recognised on %(day)s", day=day(day_of(issued.recognised))),
            _(
                "Number %(num)s among those recognised in %(unit)s",
                num=number(_place(house, issued)),
                unit=unit,
            ),
            _("By the %(criteria)s", criteria=criteria_by(document)),
            _("Position %(position)s of the ledger", position=number(issued.recognition)),
        ],
        checking=_("Anybody can check here whether this certificate stands:"),
        address=address,
        qr_alt=_("QR code of the address beside it"),
        at=issued.recognised,
        simulated=_("Simulated data: every person and figure here is invented.") if house.simulated else "",
    )


def _place(house: House, issued: CertificateIssued) -> int:
    """How many stood among the honours of the unit at that position, this one included."""
    with house.asking() as db:
        found = honours.holders(
            db, status=Status.AMBASSADOR, unit=issued.unit, at=issued.recognition, limit=1
        )
    return found.total


def _address(house: House, code: str) -> str:
    return f"{house.settings.public_url}/vinh-danh/kiem/{code}"


def _public_name(house: House, found: Checked) -> str | None:
    """Nobody's after a withdrawal: who is no longer honoured is no longer named."""
    if found.withdrawn is not None:
        return None
    with house.asking() as db:
        public = people.with_public_name(db, [found.person])
    known: list[PersonId] = [one for one in (found.person,) if one in public]
    return reads.names(house, known, Unlogged.CONSENTED).get(found.person) if known else None


def _unknown(request: AnyRequest, refusal: certificates.UnknownCertificate) -> Response[bytes]:
    problem = problem_of(refusal)
    return page(
        request,
        "message.html",
        status=problem.status,
        headers=NOT_KEPT,
        heading=_("There is no such certificate"),
        sentences=[
            _("Please compare the address with the one on the certificate."),
            _("A certificate no longer checks once its holder's data was erased."),
        ],
        links=[Link("/vinh-danh", _("Honours"))],
        large=False,
    )


ROUTES: Final = (own, make, check)
