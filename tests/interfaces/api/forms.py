"""Forms of KoboToolbox and ODK Central as their services call us, with payloads as they document them."""

from itertools import count
from uuid import uuid4

from sqlalchemy import select

from domain.model import Role
from infrastructure.connected import submission
from tests.interfaces.homes import TUY_PHUOC, Caller
from tests.interfaces.web.browsing import browsing

MENTOR_PHONE = "0905111333"
NUMBERS = count(579_827)
"""KoboToolbox's own, which no edit changes."""


def kobo(**other):
    """A submission as the REST service of KoboToolbox posts it: flat, groups before a slash."""
    uuid = str(uuid4())
    return {
        "_id": next(NUMBERS),
        "formhub/uuid": "633ec390e024411ba5ce634db7807e62",
        "start": "2026-03-01T08:20:11.000+07:00",
        "end": "2026-03-01T08:25:30.000+07:00",
        "nguoi_hoc/ho_va_ten": "Võ Thị Hai",
        "nguoi_hoc/so_dien_thoai": "0912000111",
        "nguoi_hoc/nam_sinh": "1958",
        "buoi/ngay": "2026-03-01",
        "buoi/ky_nang": "vneid cashless-payment",
        "buoi/nguoi_huong_dan": "Nguyễn Thị Lan",
        "buoi/sdt_nguoi_huong_dan": MENTOR_PHONE,
        "__version__": "vBfHaNqDqxnhbDxTFvYvBG",
        "meta/instanceID": f"uuid:{uuid}",
        "meta/rootUuid": f"uuid:{uuid}",
        "_xform_id_string": "aVc5ahfH4SgzmRBVRDSrF2",
        "_uuid": uuid,
        "_attachments": [],
        "_status": "submitted_via_web",
        "_geolocation": [None, None],
        "_submission_time": "2026-03-01T01:25:31",
        "_tags": [],
        "_notes": [],
        "_validation_status": {},
        "_submitted_by": None,
    } | other


def odk(xml_fields, uuid=None, before=None, **other):
    """An event as central-webhook posts it beside ODK Central; of an edit with what it replaces."""
    uuid = uuid or str(uuid4())
    replaces = f"<orx:deprecatedID>uuid:{before}</orx:deprecatedID>" if before else ""
    xml = (
        "<?xml version='1.0' encoding='UTF-8' ?>"
        '<data id="cot_moc" version="2026030101" xmlns:orx="http://openrosa.org/xforms" '
        'xmlns:jr="http://openrosa.org/javarosa">'
        f"{xml_fields}<orx:meta><orx:instanceID>uuid:{uuid}</orx:instanceID>{replaces}</orx:meta></data>"
    )
    return {"type": "submission.create", "id": f"uuid:{uuid}", "data": {"xml": xml}} | other


class Form:
    """A connected form, as its service calls us."""

    def __init__(self, home, source, tells, unit=TUY_PHUOC, who="Lê Văn Kết"):
        self.home, self.source = home, source
        self.browser = browsing(home, Role.ORGANIZER, unit, who)
        said = {"submission": uuid4().hex, "unit": unit, "source": source, "tells": tells, "name": "Phiếu 1"}
        made = self.browser.post("/ket-noi", said)
        assert made.status_code == 200, made.text
        codes = [part.partition("</code>")[0] for part in made.text.split('<code class="link">')[1:]]
        self.ref, self.secret = codes[0].rpartition("/")[2], codes[1]
        assert self.browser.post("/ket-noi", said).status_code == 303  # the key is shown once

    def send(self, body, **headers):
        return Caller(self.home).post(
            f"/{self.source}/{self.ref}", body, headers={"x-api-key": self.secret} | headers
        )

    def upload(self, text):
        return self.browser.upload(
            f"/ket-noi/{self.ref}/tep", text if isinstance(text, bytes) else text.encode()
        )

    @property
    def page(self):
        return self.browser.get(f"/ket-noi/{self.ref}").text


def taught(home):
    home.catch_up()
    asking = home.known("minh").get(f"/units/{TUY_PHUOC}").json()["figures"]
    return asking["taught"], asking["confirmed"]


def waiting(home):
    with home.house.database.reading() as db:
        return db.execute(select(submission.c.sealed).where(submission.c.sealed.is_not(None))).scalars().all()


KOBO_CSV = ("start", "end", "nguoi_hoc/ho_va_ten", "nguoi_hoc/so_dien_thoai", "nguoi_hoc/nam_sinh",
            "buoi/ngay", "buoi/ky_nang", "buoi/nguoi_huong_dan", "buoi/sdt_nguoi_huong_dan", "_id", "_uuid",
            "_submission_time", "_tags", "_notes")  # fmt: skip


def exported(*bodies, roots=False):
    """As KoboToolbox exports it: semicolons, everything quoted, a byte order mark; `roots` since 2022."""
    names = (*KOBO_CSV, "meta/rootUuid") if roots else KOBO_CSV
    lines = [[str(body.get(name) or "") for name in names] for body in bodies]
    return "\ufeff" + "".join(";".join(f'"{cell}"' for cell in line) + "\n" for line in (names, *lines))
