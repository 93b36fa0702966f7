"""The API describes itself, and nothing of it comes from elsewhere."""

import re

from interfaces.web.problem_documents import name_of
from interfaces.web.problems import TABLE


def test_the_description_is_openapi_and_whole(anyone):
    document = anyone.get("/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    for path, method in [
        ("/api/v1/lessons", "post"),
        ("/api/v1/teachings/{teaching}", "get"),
        ("/api/v1/answers", "post"),
        ("/api/v1/teachings/{teaching}/void", "post"),
        ("/api/v1/credits/{person}/{skill}/ruling", "post"),
        ("/api/v1/households", "post"),
        ("/api/v1/households/{household}/members", "post"),
        ("/api/v1/households/{household}/criteria", "post"),
        ("/api/v1/markets", "post"),
        ("/api/v1/vendors", "post"),
        ("/api/v1/vendors/{vendor}/onboardings", "post"),
        ("/api/v1/vendors/{vendor}/sightings", "post"),
        ("/api/v1/leaderboard", "get"),
        ("/api/v1/leaderboard/me", "get"),
        ("/api/v1/honours", "get"),
        ("/api/v1/nominees", "get"),
        ("/api/v1/units/{unit}", "get"),
        ("/health", "get"),
    ]:
        assert method in document["paths"][path], path


def test_every_operation_says_what_it_does_and_gives(anyone):
    for path, methods in anyone.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert {"200", "201"} & set(operation["responses"]), (path, method)


def test_every_reference_leads_somewhere(anyone):
    answer = anyone.get("/openapi.json")
    schemas = answer.json()["components"]["schemas"]

    for name in re.findall(r'"#/components/schemas/([^"]+)"', answer.text):
        assert name in schemas


def test_a_lesson_is_described_with_its_fields(anyone):
    document = anyone.get("/openapi.json").json()
    posted = document["paths"]["/api/v1/lessons"]["post"]

    assert posted["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/LessonForm")
    assert {"200", "201"} <= set(posted["responses"])
    assert posted["security"] == [{"token": []}]
    fields = document["components"]["schemas"]["LessonForm"]
    assert fields["additionalProperties"] is False
    assert {"submission", "on", "unit", "skills", "learners"} <= set(fields["required"])


def test_no_answer_is_left_undescribed(anyone):
    """What may come back is listed, status by status: a catch-all would make every answer agree."""
    for path, methods in anyone.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            assert "default" not in operation["responses"], (path, method)
            assert {"400", "401", "403", "404", "429", "503"} <= set(operation["responses"]), (path, method)


def test_every_link_leads_to_an_operation(anyone):
    """And each operation has a name of its own."""
    document = anyone.get("/openapi.json").json()
    every = [operation for methods in document["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in every]
    links = [
        link["operationId"]
        for operation in every
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]

    assert len(set(names)) == len(names)
    assert "post-answers" in links
    assert set(links) <= set(names)


def test_what_is_invented_is_described_as_such(anyone):
    schemas = anyone.get("/openapi.json").json()["components"]["schemas"]

    for name in ("HealthOut", "NomineesOut"):
        assert schemas[name]["properties"]["simulated"] == {"type": "boolean"}
        assert "simulated" in schemas[name]["required"]


def test_what_is_asked_behind_the_question_mark_is_described(anyone):
    document = anyone.get("/openapi.json").json()

    asked = {one["name"] for one in document["paths"]["/api/v1/leaderboard"]["get"]["parameters"]}

    usual = {"unit", "metric", "period", "limit", "after", "position"}
    of_boards = {"of", "campaign", "from", "to", "team", "workplace", "similar", "boundaries"}
    assert usual | of_boards == asked


def test_the_page_for_people_takes_nothing_from_elsewhere(anyone):
    for spoken in ("vi", "en"):
        answer = anyone.get("", headers={"accept-language": spoken})

        assert answer.status_code == 200
        assert f'lang="{spoken}"' in answer.text
        assert "/api/v1/lessons" in answer.text
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
        for kind in TABLE:
            assert f'id="{name_of(kind)}"' in answer.text
