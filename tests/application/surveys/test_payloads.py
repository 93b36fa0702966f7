"""What the two services send, in the forms that they document, is read alike whichever way it comes."""

from datetime import date

import pytest

from application.surveys import mapping, payloads
from application.surveys.payloads import NoInstance, NotASubmission, TooManyInstances
from domain.surveys import Tells

UUID = "0341c08c-4816-4e2f-9937-be693e203047"

KOBO = {
    "_id": 579827,
    "formhub/uuid": "633ec390e024411ba5ce634db7807e62",
    "start": "2026-03-01T08:20:11.000+07:00",
    "nguoi_hoc/ho_va_ten": "Võ Thị Hai",
    "thanh_vien": [
        {"thanh_vien/ho_ten": "Đỗ Một", "thanh_vien/khac/nam_sinh": "1970"},
        {"thanh_vien/ho_ten": "Đỗ Hai"},
    ],
    "meta/instanceID": f"uuid:{UUID}",
    "_uuid": UUID,
    "_geolocation": [None, None],
    "_submission_time": "2026-03-02T01:25:31",
    "_attachments": [{"filename": "a.jpg"}],
    "_submitted_by": None,
}
XML = f"""<?xml version='1.0' encoding='UTF-8' ?>
<data id="phieu" version="3" xmlns:orx="http://openrosa.org/xforms">
  <start>2026-03-01T08:20:11.000+07:00</start>
  <nguoi_hoc><ho_va_ten>Võ Thị Hai</ho_va_ten><ghi_chu/></nguoi_hoc>
  <thanh_vien><ho_ten>Đỗ Một</ho_ten><khac><nam_sinh>1970</nam_sinh></khac></thanh_vien>
  <thanh_vien><ho_ten>Đỗ Hai</ho_ten></thanh_vien>
  <orx:meta><orx:instanceID>uuid:{UUID}</orx:instanceID></orx:meta>
</data>"""
ODATA = {
    "__id": f"uuid:{UUID}",
    "__system": {"submissionDate": "2026-03-02T01:25:31.000Z", "submitterName": "Minh"},
    "meta": {"instanceID": f"uuid:{UUID}"},
    "nguoi_hoc": {"ho_va_ten": "Võ Thị Hai", "ghi_chu": None},
    "thanh_vien@odata.navigationLink": "Submissions('uuid:1')/thanh_vien",
}


def event(**other):
    return {"type": "submission.create", "id": f"uuid:{UUID}", "data": {"xml": XML}} | other


def test_kobotoolbox_and_odk_central_say_the_same():
    kobo, odk = payloads.of_kobo(KOBO), payloads.of_odk(event())

    assert odk is not None
    assert kobo.instance == odk.instance == UUID
    assert kobo.fields["nguoi_hoc/ho_va_ten"] == odk.fields["nguoi_hoc/ho_va_ten"] == "Võ Thị Hai"
    repeat = [
        {"thanh_vien[]/ho_ten": "Đỗ Một", "thanh_vien[]/khac/nam_sinh": "1970"},
        {"thanh_vien[]/ho_ten": "Đỗ Hai"},
    ]
    assert kobo.repeats == odk.repeats == [repeat]
    assert (kobo.on, odk.on) == (date(2026, 3, 2), date(2026, 3, 1))


def test_what_the_services_add_is_no_field_of_the_form():
    assert set(payloads.of_kobo(KOBO).fields) == {"nguoi_hoc/ho_va_ten"}
    found = payloads.of_odk(ODATA)
    assert found is not None
    assert {path for path in found.fields if not path.startswith("thanh_vien")} == {"nguoi_hoc/ho_va_ten"}
    assert found.instance == UUID


def test_a_row_of_either_export_is_the_same_instance():
    kobo = {"nguoi_hoc/ho_va_ten": "Võ Thị Hai", "_uuid": UUID, "_submission_time": "2026-03-02T01:25:31"}
    odk = {"SubmissionDate": "2026-03-02T01:25:31.000Z", "nguoi_hoc-ho_va_ten": "Võ Thị Hai",
           "meta-instanceID": f"uuid:{UUID}", "KEY": f"uuid:{UUID}", "AttachmentsPresent": "0"}  # fmt: skip

    one, other = payloads.of_row(kobo), payloads.of_row(odk)
    assert (one.instance, one.version, one.fields) == (other.instance, other.version, other.fields)


AFTER = "7d3b53c5-1f56-4d29-8a16-d3f0f2a1a8b1"
EDITS = {
    "kobotoolbox": {"meta/rootUuid": f"uuid:{UUID}", "meta/instanceID": f"uuid:{AFTER}", "_uuid": AFTER,
                    "meta/deprecatedID": f"uuid:{UUID}"},
    "its export": {"_uuid": AFTER, "meta/rootUuid": f"uuid:{UUID}", "_id": "7"},
    "an export of odk central": {"SubmissionDate": "2026-03-02T01:25:31.000Z", "KEY": f"uuid:{UUID}",
                                 "meta-instanceID": f"uuid:{AFTER}", "Edits": "1"},
    "odata": {"__id": f"uuid:{UUID}", "__system": {"edits": 1}, "meta": {"instanceID": f"uuid:{AFTER}"}},
}  # fmt: skip


@pytest.mark.parametrize("said", EDITS.values(), ids=EDITS)
def test_an_edit_names_itself_and_what_no_edit_changes(said):
    edit = payloads.of_kobo(said)

    assert (edit.instance, edit.version, edit.edited) == (UUID, AFTER, True)


def test_an_edit_of_odk_central_names_what_it_replaces():
    xml = XML.replace(UUID, AFTER).replace(
        "</orx:meta>", f"<orx:deprecatedID>uuid:{UUID}</orx:deprecatedID></orx:meta>"
    )
    edit = payloads.of_odk(event(type="submission.update.version", id=f"uuid:{AFTER}", data={"xml": xml}))

    assert edit is not None
    assert (edit.version, edit.before, edit.edited) == (AFTER, UUID, True)
    assert not payloads.of_kobo(KOBO).edited


def test_another_event_is_no_submission():
    assert payloads.of_odk(event(type="entity.update.version", data={"a": "b"})) is None


@pytest.mark.parametrize("body", [[], "x", None, {1: 2}, 5])
def test_what_is_no_object_is_no_submission(body):
    with pytest.raises(NotASubmission):
        payloads.of_kobo(body)


def test_without_an_instance_it_could_count_twice():
    with pytest.raises(NoInstance):
        payloads.of_kobo({"ho_ten": "Võ Thị Hai", "_uuid": "uuid:"})


@pytest.mark.parametrize("before", ["\ufeff", ""])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_exports_are_read_whatever_sets_their_cells_apart(mark, before):
    text = f'{before}ho_ten{mark}"_uuid"\r\nVõ Thị Hai{mark}a\r\n{mark}\r\n'

    assert payloads.rows_of(text, 5) == [{"ho_ten": "Võ Thị Hai", "_uuid": "a"}]


def test_an_export_is_bounded_and_names_its_instances():
    with pytest.raises(TooManyInstances):
        payloads.rows_of("_uuid\n" + "a\n" * 3, 2)
    with pytest.raises(NoInstance):
        payloads.rows_of("ho_ten\nVõ\n", 2)


def test_fields_are_guessed_by_the_question_with_and_without_accents():
    paths = ("nguoi/họ_và_tên", "nguoi/nam_sinh", "sdt", "buoi/ngay", "ky_nang", "nguoi_huong_dan",
             "sdt_nguoi_huong_dan", "ghi_chu")  # fmt: skip

    assert list(mapping.columns(Tells.LESSON, paths, {}).values()) == [
        "name", "birth_year", "phone", "on", "skills", "mentor", "mentor_phone", "",
    ]  # fmt: skip


def test_what_was_chosen_outweighs_what_is_guessed():
    held = mapping.columns(Tells.LESSON, ("ho_ten", "ten_hoc_vien"), {"ten_hoc_vien": "name"})

    assert held == {"ten_hoc_vien": "name", "ho_ten": ""}
    assert "mentor" in mapping.lacking(Tells.LESSON, held)


def test_each_row_of_a_repeat_group_is_a_row():
    rows = mapping.rows(Tells.HOUSEHOLD, {}, payloads.of_kobo(KOBO))

    assert [row["name"] for row in rows] == ["Đỗ Một", "Đỗ Hai"]
