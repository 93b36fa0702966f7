"""Lessons through the API: logged, answered, voided, ruled on."""

from uuid import uuid4

from tests.interfaces.api.requests import ba_tu, lesson, ong_sau, void


def test_a_lesson_makes_a_teaching_with_a_code_for_each_learner(lan):
    answer = lan.post("/lessons", lesson(ba_tu(), ong_sau()))

    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"lesson", "position", "teachings"}
    assert len(body["teachings"]) == 2
    for teaching in body["teachings"]:
        assert set(teaching) == {"teaching", "learner", "code", "confirm_url"}
        assert len(teaching["code"]) == 8
        assert teaching["confirm_url"].endswith(f"/x/{teaching['code']}")


def test_the_same_again_gets_the_same_body(lan):
    sent = lesson(ba_tu(), ong_sau())

    first, again = lan.post("/lessons", sent), lan.post("/lessons", sent)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_the_same_submission_with_other_content_is_a_conflict(home, lan):
    sent = lesson(ba_tu())
    lan.post("/lessons", sent)
    head = home.house.ledger.head()

    answer = lan.post("/lessons", sent | {"skills": ["cashless-payment"]})

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("#submission-conflict")
    assert home.house.ledger.head() == head


def test_a_code_minted_on_the_phone_is_kept(lan, anyone):
    answer = lan.post("/lessons", lesson(ba_tu(code="K7MP2XQ9")))

    assert answer.json()["teachings"][0]["code"] == "K7MP2XQ9"
    assert anyone.post("/answers", {"code": "K7MP2XQ9", "answer": "able"}).status_code == 201


def test_somebody_taught_before_is_named_by_id(lan):
    learner = lan.post("/lessons", lesson(ba_tu())).json()["teachings"][0]["learner"]

    answer = lan.post("/lessons", lesson({"id": learner}, skills=["cashless-payment"]))

    assert answer.status_code == 201
    assert answer.json()["teachings"][0]["learner"] == learner


def test_two_ambassadors_teach_one_person(lan, hoa):
    by_lan = lan.post("/lessons", lesson(ba_tu(name="Nguyễn Thị Tư"))).json()
    by_hoa = hoa.post("/lessons", lesson(ba_tu(name="nguyen  thi tu"))).json()

    assert by_lan["teachings"][0]["learner"] == by_hoa["teachings"][0]["learner"]


def test_the_learner_answers_and_changes_their_mind(lan, anyone):
    code = lan.post("/lessons", lesson()).json()["teachings"][0]["code"]

    first = anyone.post("/answers", {"code": code, "answer": "able"})
    again = anyone.post("/answers", {"code": code.lower(), "answer": "able"})
    changed = anyone.post("/answers", {"code": code, "answer": "no"})

    assert [one.status_code for one in (first, again, changed)] == [201, 200, 201]
    assert first.json() == again.json()
    assert changed.json()["position"] > first.json()["position"]


def test_a_teaching_tells_its_state_credit_and_history(home, lan, anyone):
    made = lan.post("/lessons", lesson()).json()["teachings"][0]
    position = anyone.post("/answers", {"code": made["code"], "answer": "taught"}).json()["position"]

    answer = lan.get(f"/teachings/{made['teaching']}", position=position)

    assert answer.status_code == 200
    body = answer.json()
    assert body["state"] == "confirmed"
    assert body["answer"] == "taught"
    assert body["learner"]["name"] == "Nguyễn Thị Tư"
    assert [one["counted"] for one in body["credit"]] == [True]
    assert [one["what"] for one in body["history"]] == ["teaching-logged", "teaching-answered"]


def test_a_teaching_of_somebody_else_is_as_unknown_as_one_that_is_not(home, lan, hoa):
    made = lan.post("/lessons", lesson()).json()
    position = made["position"]

    theirs = hoa.get(f"/teachings/{made['teachings'][0]['teaching']}", position=position)
    none = hoa.get(f"/teachings/{uuid4().hex}")

    assert theirs.status_code == none.status_code == 404
    assert theirs.json() == none.json()


def test_an_ambassador_withdraws_their_own_mistake(lan, anyone):
    made = lan.post("/lessons", lesson()).json()["teachings"][0]

    done = lan.post(f"/teachings/{made['teaching']}/void", void(reason="test-entry"))

    assert done.status_code == 201
    assert anyone.post("/answers", {"code": made["code"], "answer": "able"}).status_code == 409


def test_an_ambassador_does_not_withdraw_another_ones(home, lan, hoa):
    made = lan.post("/lessons", lesson()).json()["teachings"][0]
    head = home.house.ledger.head()

    answer = hoa.post(f"/teachings/{made['teaching']}/void", void())

    assert answer.status_code in (403, 404)
    assert home.house.ledger.head() == head


def test_an_organizer_voids_with_a_reason_and_a_note(home, lan, minh):
    made = lan.post("/lessons", lesson()).json()["teachings"][0]

    sent = void(reason="wrong-person", note="Bà Tư gọi điện báo nhầm người")
    first, again = (minh.post(f"/teachings/{made['teaching']}/void", sent) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_an_organizer_rules_between_two_claims(lan, hoa, minh, anyone):
    claims = [one.post("/lessons", lesson()).json()["teachings"][0] for one in (lan, hoa)]
    for one in claims:
        anyone.post("/answers", {"code": one["code"], "answer": "able"})

    ruling = {"submission": uuid4().hex, "teaching": claims[1]["teaching"], "reason": "other"}
    answer = minh.post(f"/credits/{claims[0]['learner']}/vneid/ruling", ruling)

    assert answer.status_code == 201
    shown = hoa.get(f"/teachings/{claims[1]['teaching']}", position=answer.json()["position"])
    assert [one["counted"] for one in shown.json()["credit"]] == [True]


def test_nobody_rules_without_two_claims(lan, minh, anyone):
    made = lan.post("/lessons", lesson()).json()["teachings"][0]
    anyone.post("/answers", {"code": made["code"], "answer": "able"})

    ruling = {"submission": uuid4().hex, "teaching": made["teaching"], "reason": "other"}

    assert minh.post(f"/credits/{made['learner']}/vneid/ruling", ruling).status_code == 422
