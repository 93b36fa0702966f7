"""Names and phones: what is kept, what is the same, what comes first."""

import unicodedata

import pytest
from hypothesis import given, strategies

from domain.names import LONGEST, BadName, BadPhone, alphabet_key, clean, clean_phone, fold, sort_key

ORDINARY = "Nguyễn Thị Tư"


def test_a_name_is_kept_in_one_form_with_single_spaces():
    decomposed = unicodedata.normalize("NFD", "  Nguyễn\u00a0 Thị   Tư\n")
    assert clean(decomposed) == ORDINARY


@pytest.mark.parametrize("name", ["H'Hen Niê", "Y Thô Êban", "Nguyễn & Trần", "Công ty 4.0", "=1+1", "K’ho"])
def test_unusual_names_are_names(name):
    assert clean(name) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("!?-", "empty"),
        ("A" * (LONGEST + 1), "long"),
        ("A" * 10_000, "long"),
        ("Lan\0", "characters"),
        ("Lan\x07", "characters"),
        ("Lan\x1fTran", "characters"),
        ("Lan\nTran", "characters"),
        ("Lan\x85Tran", "characters"),
        ("Lan\u202etneduts", "characters"),
        ("Lan\u2066x", "characters"),
        ("La\u200bn", "characters"),
        ("Lan\u2028Tran", "characters"),
        ("Lan\u2028", "characters"),
        ("\x1fLan", "characters"),
        ("<Lan", "characters"),
        ("<b>Lan</b>", "characters"),
        ("Lan>", "characters"),
        ("Lan\ud800", "characters"),
        ("La\u0301\u0302\u0303\u0304\u0305n", "characters"),
        ("\u0301Lan", "characters"),
    ],
)
def test_what_is_no_name(name, why):
    with pytest.raises(BadName) as refused:
        clean(name)
    assert refused.value.details == {"why": why}


def test_a_hundred_characters_are_not_too_many():
    assert clean("A" * LONGEST)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa", "Hoà"),
        ("Nguyễn Thị Hoà", "nguyen  thi HOA"),
        ("Đặng Đức", "dang duc"),
        ("H'Hen Niê", "H’hen nie"),
        ("Trần-Lê", "trần lê"),
        (unicodedata.normalize("NFD", "Nguyễn Ư"), "nguyen u"),
        ("Ｌａｎ", "lan"),
        ("㎀", "pa"),
        ("ŉ", "'n"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("name", "bare"), [("Đặng Văn Đức", "dang van duc"), ("Иван-Đặng", "иван dang"), ("Lan´Đ", "land")]
)
def test_what_they_share_is_letters_without_marks_whatever_the_script(name, bare):
    assert fold(name) == bare


def test_different_names_stay_different():
    assert fold("Lan") != fold("Loan")


@given(strategies.text(max_size=40))
def test_folding_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(strategies.text(max_size=120))
def test_a_kept_name_is_kept_as_it_is(text):
    try:
        kept = clean(text)
    except BadName:
        return
    assert clean(kept) == kept


def ordered(*names: str) -> list[str]:
    return sorted(names, key=sort_key)


def test_by_given_name_first():
    assert ordered("Trần Văn An", "Lê Thị Bình", "Nguyễn An") == ["Nguyễn An", "Trần Văn An", "Lê Thị Bình"]


def test_by_the_vietnamese_alphabet():
    letters = ["A", "Ă", "Â", "B", "D", "Đ", "E", "Ê", "O", "Ô", "Ơ", "U", "Ư", "V", "X", "Y"]
    assert ordered(*reversed(letters)) == letters


def test_by_tone_after_the_letters():
    tones = ["La", "Là", "Lả", "Lã", "Lá", "Lạ"]
    assert ordered(*reversed(tones)) == tones
    assert ordered("Lan", "Lạ") == ["Lạ", "Lan"]


def test_d_with_stroke_is_not_last():
    assert ordered("Yến", "Đào", "Ấn", "Dung") == ["Ấn", "Dung", "Đào", "Yến"]


def test_the_place_of_the_tone_does_not_matter():
    assert sort_key("Hòa") == sort_key("Hoà")


@pytest.mark.parametrize(
    "typed",
    [
        "0905123456", "0905 123 456", "090.512.3456", "+84905123456", "84 905 123 456", "0084905123456",
        "+84 (0) 905-123-456", " 0905123456 ",
    ],
)  # fmt: skip
def test_one_phone_however_typed(typed):
    assert clean_phone(typed) == "+84905123456"


@pytest.mark.parametrize("prefix", ["03", "05", "07", "08", "09"])
def test_all_mobile_prefixes(prefix):
    assert clean_phone(f"{prefix}12345678") == f"+84{prefix[1]}12345678"


@pytest.mark.parametrize(
    "typed",
    [
        "", "0", "123", "905123456", "02563822222", "0405123456", "090512345", "09051234567", "+85905123456",
        "0905abc456", "０９０５１２３４５６", "0905123456;", "٠٩٠٥١٢٣٤٥٦", "0" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_mobile_number(typed):
    with pytest.raises(BadPhone):
        clean_phone(typed)


def test_places_stand_in_alphabetical_order_by_their_first_word():
    places = ["Xã Đức Cơ", "Xã Dun", "Phường Ấn", "Phường An Bình", "Xã Ea Ly", "Thôn 2"]
    assert sorted(places, key=alphabet_key) == [
        "Phường An Bình",
        "Phường Ấn",
        "Thôn 2",
        "Xã Dun",
        "Xã Đức Cơ",
        "Xã Ea Ly",
    ]
