"""What was answered on a mentor's phone says so wherever it is opened."""

from typing import Any
from uuid import uuid4

import pytest
from msgspec import structs

from domain.model import Evidence, Role, Selector
from domain.teaching import TeachingAnswered
from tests.interfaces.api.requests import learner
from tests.interfaces.homes import TUY_PHUOC, Home
from tests.interfaces.phones import Phone, answer, code, lesson, phone_of
from tests.interfaces.web.browsing import browsing


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_the_entry_its_history_and_the_organizers_list_say_so(home: Home) -> None:
    phone, others = phone_of(home), phone_of(home, "Đỗ Văn Hai")
    taught = [subject for number in range(3) for subject in answered(phone, 100 + number)]
    for number in range(3):
        (subject,) = answered(others, 200 + number)
        home.send(
            "POST", "/answers", json={"code": home.house.vault.codes([subject])[subject], "answer": "able"}
        )
    home.catch_up()

    assert phone.browser.get("/toi").text.count("trả lời trên máy của người hướng dẫn") >= 3
    assert "(trên máy của người hướng dẫn)" in phone.browser.get(f"/buoi/{taught[0]}").text
    assert "trên máy của người hướng dẫn" not in others.browser.get("/toi").text, "answered anew on one's own"

    assert (
        "3 người trong số đó chỉ xác nhận trên máy của bạn hoặc của người hướng dẫn khác."
        in phone.browser.get("/toi").text
    )

    minh = browsing(home, Role.ORGANIZER, TUY_PHUOC, "Lê Quang Ba")
    listed = minh.get("/xem-xet?show=mentors-phone").text
    assert "3 trong 3 người học chỉ xác nhận trên máy của người hướng dẫn" in listed
    assert listed.count("chỉ xác nhận trên máy") == 1, "whose learners answered on their own is not listed"
    assert taught[0] in listed
    assert "50% chỉ trên máy của người hướng dẫn" in minh.get(f"/don-vi/{TUY_PHUOC}").text


def answered(phone: Phone, number: int) -> list[Any]:
    """A lesson and its answer on that phone; the teaching."""
    minted = code()
    results = phone.results(lesson(learner(number) | {"code": minted}), answer(minted))
    assert {one["status"] for one in results} == {"recorded"}
    return [results[1]["receipt"]["subject"]]


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_it_is_the_mentors_phone_though_its_session_grew_too_old(home: Home) -> None:
    """It goes on sending by its own token; whatever it says of itself lets nobody in."""
    phone, minted = phone_of(home), [code() for _ in range(4)]
    for one in minted:
        phone.results(lesson(learner(int(uuid4())) | {"code": one}))
    phone.browser.get("/toi")
    (told,) = (one.value for one in phone.browser._client.cookies.jar if one.name == "account")
    phone.browser._client.cookies.delete("lantoa_session", domain="127.0.0.1", path="/")
    assert phone.browser.get("/toi").status_code in (303, 401)
    assert phone.browser.post(f"/x/{minted[0]}", {"answer": "able"}).status_code == 303
    for one, said in zip(minted[1:], ("-", "no such account; '", told), strict=True):
        if said == told:  # from before it had a prefix behind TLS
            home.house.settings = structs.replace(home.house.settings, public_url="https://lantoa.example")
        phone.browser._client.cookies.set("account", said or "", domain="127.0.0.1", path="/")
        assert phone.browser.post(f"/x/{one}", {"answer": "able"}).status_code == 303

    history = home.house.ledger.history([Selector([TeachingAnswered])])
    seen = [one.fact.evidence for one in history if isinstance(one.fact, TeachingAnswered)]
    theirs, own = Evidence.AMBASSADOR_DEVICE, Evidence.OWN_DEVICE
    assert seen == [theirs, own, own, theirs]
