"""Two languages, both complete, and any further one as a file; numbers, days and ages as each writes them."""

import ast
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import interfaces
from domain.criteria import DEFAULT_DOCUMENT
from interfaces.locale.__main__ import collected, kept
from interfaces.web import language
from interfaces.web.counting import criteria_by
from interfaces.web.render import skill_label
from tests.interfaces import pseudo

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@pytest.fixture(autouse=True)
def vietnamese_again():
    yield
    language.use("vi")


def messages(name: str):
    return {message.id: message.string for message in kept(name) if message.id}


def texts(message) -> list[str]:
    return [message] if isinstance(message, str) else list(message)


def test_what_is_said_in_a_language_of_its_own_leaves_that_of_the_request_as_it_was():
    language.use("en")
    with language.spoken("vi"):
        assert language.current() == "vi"
    assert language.current() == "en"
    with pytest.raises(LookupError), language.spoken("vi"):
        raise LookupError
    assert language.current() == "en"


@pytest.mark.parametrize("name", language.LANGUAGES)
def test_every_message_of_the_sources_is_translated(name: str) -> None:
    known = messages(name)
    wanted = {message.id for message in collected() if message.id}
    assert {one for one in wanted if one not in known or not all(texts(known[one]))} == set()


def test_no_message_escapes_the_collection() -> None:
    """A message inside an f-string is not collected under Python 3.11, and would stay English."""
    wanted = {text for message in collected() if message.id for text in texts(message.id)}
    assert {text for text in written() if text not in wanted} == set()


def written():
    """Every literal in our sources that is handed to gettext."""
    for path in Path(interfaces.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                if node.func.id in ("_", "gettext", "ngettext", "mark") and isinstance(first, ast.Constant):
                    yield first.value


@pytest.mark.parametrize("name", language.LANGUAGES)
def test_no_translation_is_a_guess(name: str) -> None:
    assert [message.id for message in kept(name) if message.id and message.fuzzy] == []


VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
NAMES = re.compile(
    "Lan Tỏa|Đ(?= comes after)|QĐ|Bình dân học vụ số|Nguyễn[\\w ]*|Trần[\\w ]*|Lê[\\w ]*|Gia Lai"
)


def test_english_has_no_vietnamese_in_it_but_names() -> None:
    for message, said in messages("en").items():
        for text in texts(said):
            assert not VIETNAMESE.search(NAMES.sub("", text)), message


SAME_IN_BOTH = 3
"""Words: what is the same text in both languages is a name or an abbreviation, no sentence."""


def test_vietnamese_has_no_english_left_in_it() -> None:
    for message, said in messages("vi").items():
        for text in texts(said):
            same = text in texts(message) and len(PLACEHOLDER.sub("", text).split()) > SAME_IN_BOTH
            assert not same, message


@pytest.mark.parametrize("name", language.LANGUAGES)
def test_no_translation_is_left_over(name: str) -> None:
    wanted = {message.id for message in collected() if message.id}
    assert set(messages(name)) - wanted == set()


@pytest.mark.parametrize("name", language.LANGUAGES)
def test_translations_keep_their_placeholders(name: str) -> None:
    for message, said in messages(name).items():
        if not all(texts(said)):
            continue  # not translated yet: told by another test
        asked = set(PLACEHOLDER.findall(texts(message)[-1]))
        for text in texts(said):
            assert set(PLACEHOLDER.findall(text)) <= asked | {"num"}, message
            assert asked - {"num"} <= set(PLACEHOLDER.findall(text)), message


def test_a_missing_message_would_be_noticed() -> None:
    """The control: what the first test looks for is really missing when it is."""
    assert "A sentence nobody wrote." not in messages("vi")
    assert language.gettext("A sentence nobody wrote.") == "A sentence nobody wrote."


def test_numbers_as_each_language_writes_them() -> None:
    assert language.number(1091556.5, 1) == "1.091.556,5"
    language.use("en")
    assert language.number(1091556.5, 1) == "1,091,556.5"


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    assert [language.percent(share) for share in (0, 0.001, 0.5, 0.999, 1, None)] == [
        "0%",
        "1%",
        "50%",
        "99%",
        "100%",
        "–",
    ]


def test_days_and_moments_are_those_of_vietnam() -> None:
    assert language.day(date(2026, 11, 20)) == "20/11/2026"
    assert language.moment(datetime(2026, 11, 20, 18, 5, tzinfo=UTC)) == "01:05 21/11/2026"
    assert language.short_day(date(2026, 11, 3)) == "03/11"


def test_english_days_cannot_be_taken_for_others() -> None:
    language.use("en")
    assert language.day(date(2026, 11, 3)) == "3 Nov 2026"
    assert language.short_day(date(2026, 11, 3)) == "3 Nov"
    assert language.moment(datetime(2026, 11, 2, 18, 5, tzinfo=UTC)) == "01:05 3 Nov 2026"


@pytest.mark.parametrize(
    ("days", "said"), [(0, "hôm nay"), (1, "hôm qua"), (3, "thứ Năm"), (7, "15/11/2026"), (-1, "23/11/2026")]
)
def test_a_day_as_people_say_it(days: int, said: str) -> None:
    today = date(2026, 11, 22)
    assert language.near_day(today - timedelta(days=days), today) == said


def test_ages() -> None:
    now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert language.ago(now - timedelta(seconds=18), now) == "18 giây trước"
    assert language.ago(now - timedelta(seconds=9), now) == "vừa xong"
    assert language.ago(now + timedelta(seconds=8), now) == "vừa xong"
    language.use("en")
    assert language.ago(now - timedelta(minutes=1), now) == "1 minute ago"
    assert language.ago(now - timedelta(days=1200), now) == "1,200 days ago"


@pytest.mark.parametrize(
    ("wishes", "accept", "chosen"),
    [
        ((None, None), None, "vi"),
        (("en", "vi"), None, "en"),
        ((None, "en"), "vi", "en"),
        (("fr", None), "fr-FR, en;q=0.8", "en"),
        ((None, None), "en;q=0, vi", "vi"),
        (("<script>",), ";;;,,=", "vi"),
    ],
)
def test_the_language_is_the_one_asked_for(wishes, accept, chosen) -> None:
    assert language.choose(*wishes, accept=accept) == chosen


def test_labels_within_sentences_keep_their_abbreviations() -> None:
    assert language.lower_first("Sử dụng VNeID") == "sử dụng VNeID"
    assert language.lower_first("AI assistants") == "AI assistants"
    assert language.lower_first("Ứng dụng") == "ứng dụng"


@pytest.mark.parametrize(
    ("name", "default", "decided"),
    [
        ("vi", "tiêu chí mặc định", "tiêu chí theo QĐ 12/QĐ-UBND"),
        ("en", "default criteria", "criteria: QĐ 12/QĐ-UBND"),
    ],
)
def test_criteria_are_called_by_their_document_or_the_default_ones(name, default, decided) -> None:
    language.use(name)
    assert criteria_by(DEFAULT_DOCUMENT) == criteria_by(None) == default
    assert criteria_by("QĐ 12/QĐ-UBND") == decided


class TestAFurtherLanguage:
    """A catalogue in the folder, and nothing else."""

    @pytest.fixture(autouse=True)
    def there(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pseudo.written_in(tmp_path)
        monkeypatch.setattr(language, "LOCALE", tmp_path)
        monkeypatch.setattr(language, "LANGUAGES", language._languages())
        language._catalogue.cache_clear()
        language.use(pseudo.LANGUAGE)

    @pytest.fixture(autouse=True)
    def gone_again(self):
        yield
        language._catalogue.cache_clear()

    def test_can_be_chosen(self) -> None:
        assert language.current() == "ar"
        assert ("ar", "العربية") in language.languages()
        assert language.gettext("Save") == pseudo.said("Save")

    def test_says_in_english_what_it_lacks(self) -> None:
        assert language.gettext("A sentence nobody wrote.") == "A sentence nobody wrote."

    @pytest.mark.parametrize(("n", "form"), [(0, 0), (1, 1), (2, 2), (3, 3), (11, 5), (100, 4)])
    def test_has_its_own_forms_for_numbers(self, n: int, form: int) -> None:
        said = language.translated_number("%(num)s second ago", "%(num)s seconds ago", n)
        assert said.endswith(f" {form}]")

    def test_is_written_from_its_side(self) -> None:
        assert language.right_to_left()
        language.use("vi")
        assert not language.right_to_left()

    def test_writes_numbers_and_days_as_babel_knows_them(self) -> None:
        assert language.number(1091556.5, 1) == "1,091,556.5"
        assert language.day(date(2026, 11, 20)) == "20\u200f/11\u200f/2026"
        assert language.percent(0.75).startswith("75")

    def test_names_skills_by_its_catalogue(self) -> None:
        assert skill_label("cashless-payment") == pseudo.said("Cashless payment")


@pytest.mark.parametrize(("accept", "chosen"), [("zh-Hant-TW, en", "zh-Hant"), ("zh, vi", "vi")])
def test_a_script_of_a_language_is_matched(accept: str, chosen: str, monkeypatch) -> None:
    monkeypatch.setattr(language, "_BY_TAG", {"vi": "vi", "en": "en", "zh-hant": "zh-Hant"})
    assert language.choose(accept=accept) == chosen


def test_a_heading_keeps_the_syllables_of_a_word_together():
    assert language.together("Tên tôi trên trang công khai") == "Tên tôi trên trang công\u00a0khai"
    assert language.together("Gia đình gồm những ai?") == "Gia\u00a0đình gồm những ai?"
    assert language.together("Whom did you teach today?") == "Whom did you teach today?"
