"""What the program writes about itself holds nobody's data and no secret, whatever goes wrong.

Names, phones, notes, codes, tokens and passphrases that stand out are sent through pages, API,
commands and provoked faults; then everything that was written is searched for them.
"""

import asyncio
import gc
import json
import logging
import os
import re
import socket
import subprocess
import sys
import threading
import time
import unicodedata
import warnings
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote_plus
from urllib.request import HTTPRedirectHandler, Request, build_opener

import httpx
import jinja2
import pytest
import structlog
from sqlalchemy import text

from application import access
from application.actors import OPERATOR
from application.forms.access import InviteForm
from domain.model import Role
from infrastructure import logs
from interfaces.main import create_app
from interfaces.web.request_lines import lines_for
from tests.interfaces.api.requests import lesson
from tests.interfaces.homes import TUY_PHUOC

ROOT = Path(__file__).parents[2]

NAME = "Đỗ Thị Trà Mi"
PHONE = "0987612345"
NOTE = "chưa gặp bà ấy bao giờ"
PASSPHRASE = "sen hồng nở giữa đồng"
CODE = "K7MP2XQ9"
TOKEN = "zebra-token-4711-zebra-token"

FORM = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}

MARKS = (NAME, PHONE, "987612345", NOTE, PASSPHRASE, CODE, TOKEN)


def folded(said: str) -> str:
    """Without accents, capitals, separators, and the ways in which letters are wrapped on the wire."""
    unwrapped = unquote_plus(re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), said))
    plain = unicodedata.normalize("NFD", unwrapped.casefold().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", plain)


def found_in(said: str, marks=MARKS) -> set[str]:
    text_ = folded(said)
    return {mark for mark in marks if folded(mark) in text_}


class TestTheSearch:
    """The control: whatever is there is found."""

    @pytest.mark.parametrize(
        "line",
        [
            f"fault for {NAME}",
            "fault for DO THI TRA MI",
            f"GET /tim?ten={quote(NAME)}",
            json.dumps({"event": NAME}),
            unicodedata.normalize("NFD", NAME),
        ],
    )
    def test_a_name_is_found(self, line):
        assert found_in(line) == {NAME}

    @pytest.mark.parametrize("phone", [PHONE, "0987 612 345", "+84987612345", "0987.612.345"])
    def test_a_phone_is_found(self, phone):
        assert "987612345" in found_in(f"no such {phone}")


@pytest.fixture
def written(monkeypatch, tmp_path):
    """What was written since it was last asked, by the process as `lantoa serve` sets it up."""
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in (*logs.OURS, "_granian")]
    before = (root.handlers[:], root.level, [one.level for one in ours])
    for hooks in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(*hooks, getattr(*hooks))  # to be put back
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    with (tmp_path / "written").open("w+", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stderr", file)
        monkeypatch.setattr(sys, "stdout", file)
        logs.configure()

        so_far = 0

        def said() -> str:
            nonlocal so_far
            file.flush()
            everything = (tmp_path / "written").read_text(encoding="utf-8")
            new, so_far = everything[so_far:], len(everything)
            return new

        yield said
        root.handlers[:], root.level, levels = before
        for one, level in zip(ours, levels, strict=True):
            one.setLevel(level)
        structlog.reset_defaults()


def lines(said: str) -> list[dict[str, Any]]:
    """Every line is JSON, or this fails."""
    return [json.loads(line) for line in said.splitlines()]


class TestALine:
    def test_it_is_json_with_time_level_and_event(self, written):
        logging.getLogger("infrastructure.ledger.writer").warning("a loop closed before %d", 3)
        (line,) = lines(written())
        assert (line["event"], line["level"]) == ("a loop closed before 3", "warning")
        assert line["logger"] == "infrastructure.ledger.writer"
        assert str(line["at"]).endswith("Z")

    def test_ours_with_a_name_in_it_would_be_found(self, written):
        """The control of all that follows."""
        logging.getLogger("infrastructure.vault").warning("sealed %s", NAME)
        assert found_in(written()) == {NAME}

    def test_an_exception_is_told_by_type_and_place(self, written):
        try:
            try:
                raise ValueError(NAME)
            except ValueError as error:
                raise KeyError(PHONE) from error
        except KeyError:
            logging.getLogger("infrastructure.ledger").exception("the projector stumbled")
        said = written()
        assert not found_in(said)
        (line,) = lines(said)
        assert [word for word in line["fault"] if "Error" in word] == ["ValueError", "KeyError"]
        assert "test_logs.py" in str(line["fault"])

    def test_words_of_other_peoples_code_are_not_quoted(self, written):
        logging.getLogger("asyncio").error("Task exception was never retrieved: " + NAME)  # noqa: G003
        logging.getLogger("sqlalchemy.pool").error("no connection for %s", PHONE)
        said = written()
        assert not found_in(said)
        assert [line["event"] for line in lines(said)] == ["a message", "no connection for %s"]

    def test_nothing_beside_it_is_written_that_was_not_foreseen(self, written):
        logging.getLogger("lantoa").warning("saved", extra={"name_of_learner": NAME, "route": "/x/{code}"})
        structlog.get_logger().info("saved", learner=NAME, route="/x/{code}")
        said = written()
        assert not found_in(said)
        assert [line["route"] for line in lines(said)] == ["/x/{code}"] * 2

    def test_a_line_that_cannot_be_formatted_is_not_shown_raw(self, written):
        logging.getLogger("lantoa").warning("%d learners", NAME)
        assert not found_in(written())

    def test_warnings_threads_tasks_and_what_nobody_catches(self, written):
        class Unlucky:
            def __del__(self):
                raise ValueError(NAME)

        def dies():
            raise ValueError(NAME)

        async def forgotten():
            task = asyncio.create_task(fails())
            await asyncio.sleep(0.01)
            del task
            gc.collect()

        async def fails():
            raise ValueError(NAME)

        warnings.showwarning(UserWarning(NAME), UserWarning, __file__, 1)
        thread = threading.Thread(target=dies)
        thread.start()
        thread.join()
        unlucky = Unlucky()
        del unlucky
        gc.collect()
        asyncio.run(forgotten())
        sys.excepthook(ValueError, ValueError(NAME), None)
        said = written()
        assert not found_in(said)
        assert len(lines(said)) == 5


class Front:
    """Pages and API with a line for each request, as a serving process has them."""

    def __init__(self, home):
        self.home = home
        app: Any = lines_for(create_app(home.house))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    def send(self, method, path, **request):
        return self.home.run(self.client.request(method, path, **request))

    def close(self):
        self.home.run(self.client.aclose())


@pytest.fixture
def front(home, written):
    front = Front(home)
    yield front
    front.close()


@pytest.fixture
def lan_says(home):
    return {"authorization": f"Bearer {home.tokens['lan']}"}


def tra_mi(**other):
    return {"name": NAME, "phone": PHONE, "birth_year": 1990} | other


def answered_no():
    return {"code": CODE, "answer": "no"}


def mistaken():
    return {"submission": "v" * 32, "reason": "other", "note": NOTE}


def taught(answer):
    return answer.json()["teachings"][0]["teaching"]


class TestTheApplication:
    def test_a_request_is_one_line_by_route_and_opaque_account(self, front, home, lan_says, written):
        answer = front.send("POST", "/api/v1/lessons", json=lesson(tra_mi()), headers=lan_says)
        front.send("POST", "/api/v1/answers", json=answered_no())
        voided = front.send(
            "POST", f"/api/v1/teachings/{taught(answer)}/void", json=mistaken(), headers=lan_says
        )
        assert voided.status_code == 201, voided.text
        front.send("GET", f"/x/{CODE}?ten={quote(NAME)}")
        front.send("GET", f"/khong-co/{quote(NAME)}")
        said = written()
        assert answer.status_code == 201, answer.text
        assert not found_in(said)
        assert home.tokens["lan"] not in said
        told = [line for line in lines(said) if line["event"] == "request"]
        assert [line["route"] for line in told][:-1] == [
            "/api/v1/lessons",
            "/api/v1/answers",
            "/api/v1/teachings/{teaching}/void",
            "/x/{code}",
        ]
        assert NAME not in str(told[-1]["route"])
        assert told[0]["account"] == home.house.accounts.bearer(home.tokens["lan"])
        assert (told[0]["status"], told[0]["method"], told[3]["account"]) == (201, "POST", None)
        assert len({line["request"] for line in told}) == 5

    def test_bad_input_of_all_sorts(self, front, lan_says, written):
        for path in ("/api/v1/lessons", "/ghi", f"/vao/{TOKEN}", "/xac-nhan", f"/x/{CODE}"):
            for body in (
                f'{{"name": "{NAME}", "phone": '.encode(),
                f"name={quote(NAME)}&phone={PHONE}&note={quote(NOTE)}&code={CODE}".encode(),
                NAME.encode("utf-16"),
                b'{"a":' * 3_000 + PHONE.encode(),
                f'{{"note": "{NOTE * 5_000}"}}'.encode(),
            ):
                for kind in (
                    "application/json",
                    "application/x-www-form-urlencoded",
                    "text/plain; charset=punycode",
                ):
                    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
                    front.send("POST", path, content=body, headers=headers | lan_says)
                    front.send(
                        "POST", path, content=body, headers=headers | {"cookie": f"lantoa_session={TOKEN}"}
                    )
        front.send("GET", "/toi", headers={"authorization": f"Bearer {TOKEN}", "cookie": f"lang={TOKEN}"})
        front.send(NAME.encode().hex(), "/toi")
        said = written()
        assert not found_in(said)
        assert lines(said)

    def test_faults_in_vault_database_templates_and_reactions(
        self, front, home, lan_says, written, monkeypatch
    ):
        def breaks(*_args, **_more):
            raise ValueError(f"{NAME} {PHONE}")

        def breaks_in_sql(*_args, **_more):
            with home.house.database.reading() as connection:
                connection.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": NAME})

        def breaks_in_template(*_args, **_more):
            raise jinja2.UndefinedError(NAME)

        vault = type(home.house.vault)
        for fault in (breaks, breaks_in_sql):
            with monkeypatch.context() as broken:
                for method in ("find_people", "strangers", "find_code", "names"):
                    broken.setattr(vault, method, fault)
                answers = [
                    front.send("POST", "/api/v1/lessons", json=lesson(tra_mi()), headers=lan_says),
                    front.send("GET", f"/x/{CODE}"),
                ]
                assert [answer.status_code for answer in answers] == [500, 500]
                assert not any(found_in(answer.text, (NAME, PHONE)) for answer in answers)
        with monkeypatch.context() as broken:
            broken.setattr(jinja2.Template, "render", breaks_in_template)
            assert front.send("GET", "/").status_code == 500
        with monkeypatch.context() as broken:
            broken.setattr(home.house.reactions, "react", breaks)
            end = home.house.ledger.on_commit(breaks)
            front.send("POST", "/api/v1/lessons", json=lesson(tra_mi()), headers=lan_says)
            home.catch_up()
            end()
        said = written()
        assert not found_in(said)
        faults = [line for line in lines(said) if line["level"] == "error"]
        assert len(faults) >= 6
        assert "ValueError" in said
        assert "UndefinedError" in said

    def test_signing_in_tells_no_token(self, front, home, written):
        form = InviteForm(submission="s" * 32, role=Role.AMBASSADOR, unit=TUY_PHUOC, name=NAME, phone=PHONE)
        invited = home.run(access.invite(home.house.ground, home.house.accounts, OPERATOR, form))
        front.send("GET", f"/vao/{invited.token}")
        answer = front.send("POST", f"/vao/{invited.token}", headers=FORM)
        # Not `account`: an opaque id, or none, which lines may tell.
        cookies = [one.value or "" for one in front.client.cookies.jar if one.name != "account"]
        front.send("GET", "/toi")
        said = written()
        assert answer.status_code == 303
        assert cookies
        assert not found_in(said, (NAME, PHONE, str(invited.token), *cookies))


FAULTY = f'''
"""Read at the start of every Python process of the test: it breaks `find_code`, in the server too."""
import os
if os.environ.get("FAULTY"):
    import sys
    sys.path.insert(0, {str(ROOT)!r})
    from infrastructure.vault.vault import SealedVault
    def find_code(self, code):
        if os.environ["FAULTY"] == "leaking":
            import logging
            logging.getLogger("infrastructure.vault").warning("looking for %s", code)
        raise ValueError(code)
    SealedVault.find_code = find_code
'''


class Stays(HTTPRedirectHandler):
    """Goes nowhere else."""

    def redirect_request(self, *_args):
        return None


class Served:
    """`lantoa serve` in a process of its own, and commands beside it; all they write is kept."""

    def __init__(self, folder: Path, faulty: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        (folder / "sitecustomize.py").write_text(FAULTY)
        self.environment = os.environ | {
            "LANTOA_HOME": str(folder / "home"),
            "LANTOA_BIND": self.address,
            "LANTOA_PASSPHRASE": PASSPHRASE,
            "PYTHONPATH": f"{folder}:{ROOT}",
            "FAULTY": faulty,
        }
        self.folder = folder
        self.beside = ""
        self.cookies: list[str] = []
        self.log = (folder / "log").open("wb")

    def lantoa(self, *argv: str) -> str:
        """Its answer; what it says on the side is kept with the logs."""
        done = subprocess.run(
            [*LANTOA, *argv],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.beside += done.stderr
        return done.stdout

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*LANTOA, "serve"], env=self.environment, cwd=self.folder, stdout=self.log, stderr=self.log
        )
        until = time.monotonic() + 30
        while self.get("/health") != 200:
            assert time.monotonic() < until, "the server does not answer"
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.05)

    def get(self, path: str, data: bytes | None = None, **headers: str) -> int:
        asked = Request(f"http://{self.address}{path}", data=data, headers=headers)
        try:
            with build_opener(Stays).open(asked, timeout=10) as answer:
                return answer.status
        except HTTPError as error:
            self.cookies += [said.partition(";")[0] for said in error.headers.get_all("set-cookie", [])]
            return error.code
        except (URLError, ConnectionError):
            return 0

    def stop(self) -> str:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        return (self.folder / "log").read_text() + self.beside


INVITING = ("invite", "--role", "ambassador", "--unit", "21952")
LANTOA = (sys.executable, "-c", "from interfaces.cli.main import main; main()")


@pytest.fixture
def served(tmp_path, request):
    server = Served(tmp_path, getattr(request, "param", "yes"))
    server.lantoa("init")
    server.lantoa("territory", "load")
    server.start()
    yield server
    if server.process.poll() is None:
        server.process.kill()
        server.process.wait()
    server.log.close()


class TestARealServer:
    def test_it_and_the_commands_beside_it_tell_nothing(self, served):
        invited = json.loads(served.lantoa(*INVITING, "--name", NAME, "--phone", PHONE, "--api", "--json"))
        link, token = invited["link"], invited["token"]
        path = link.partition(served.address)[2]
        told = json.dumps(lesson(tra_mi(name=NAME + " Hai"))).encode()
        said = {"content-type": "application/json", "authorization": f"Bearer {token}"}
        assert served.get("/api/v1/lessons", told, **said) in (200, 201)
        served.get("/api/v1/answers", json.dumps(answered_no()).encode(), **said)
        assert served.get(path) == 200
        assert served.get(path, b"", **FORM) == 303
        assert served.get(f"/x/{CODE}") == 500  # the fault
        assert served.get(f"/khong-co/{quote(NAME)}?token={TOKEN}") == 404
        assert served.get("/api/v1/lessons", NAME.encode("utf-16"), **said) == 400
        assert served.get("/toi", None, authorization=f"Bearer {TOKEN}") == 401
        raw_nonsense(served.address, f"GET /{NAME} HTTP/9\r\ncookie: {TOKEN}\r\n\r\n".encode())
        served.lantoa("people", "find", "--name", NAME, "--phone", PHONE)
        served.lantoa("people", "find", "--name", NAME, "--phone", "not a phone")
        served.lantoa("keys", "backup", "keys.backup")
        served.lantoa("keys", "verify", "keys.backup")
        served.lantoa("keys", "rotate")
        log = served.stop()
        (cookie,) = [said.partition("=")[2] for said in served.cookies if "session" in said]
        secrets = (*MARKS, token, path.rpartition("/")[2], cookie)
        assert not found_in(log, secrets), log
        routes = [line.get("route") for line in lines_of(log)]
        assert {"/api/v1/lessons", "/x/{code}", "/vao/{token}"} <= set(routes)
        assert "ValueError" in log

    @pytest.mark.parametrize("served", ["leaking"], indirect=True)
    def test_one_that_logs_a_code_is_found_out(self, served):
        """The control: the same server, with one careless line in it."""
        served.get(f"/x/{CODE}")
        assert found_in(served.stop()) == {CODE}


def lines_of(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def raw_nonsense(address: str, sent: bytes) -> None:
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(sent)
        line.recv(1_000)
