"""Clients who keep a journal of each receipt, and send again what had none."""

import http.client
import json
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address
from itertools import count
from typing import Any
from uuid import uuid4

from domain.calendar import day_of

Sent = tuple[str, dict[str, Any]]  # path, body


class Crowd:
    """So many clients of one server, which may be away for a while and come back elsewhere."""

    def __init__(self, token: str, clients: int) -> None:
        self.journal: dict[str, dict[str, Any]] = {}
        self.wrong: list[str] = []
        self.port = 0
        self._token = token
        self._up = threading.Event()
        self._over = threading.Event()
        self._home = threading.Event()
        self._numbers = count()
        self._threads = [threading.Thread(target=self._live, args=(seed,)) for seed in range(clients)]
        for thread in self._threads:
            thread.start()

    def go(self, port: int) -> None:
        self.port = port
        self._up.set()

    def halt(self) -> None:
        """The server is gone: clients hold what they have no receipt for."""
        self._up.clear()

    def end(self) -> None:
        """Everybody sends what has no receipt yet, to the server of now, and goes home."""
        self._over.set()
        self._up.set()
        for thread in self._threads:
            thread.join()

    def give_up(self) -> None:
        """Everybody goes home at once: there is no server to send to, and never will be."""
        self._home.set()
        self.end()

    def lessons(self) -> Iterator[dict[str, Any]]:
        return (body for key, body in self.journal.items() if key.startswith("lesson:"))

    def _live(self, seed: int) -> None:
        chance = random.Random(seed)
        waiting: list[Sent] = []
        while (waiting or not self._over.is_set()) and not self._home.is_set():
            if not waiting:
                waiting.append(self._next(chance))
            self._up.wait()
            received = self._send(*waiting[0])
            if received is None:
                threading.Event().wait(0.02)
                continue
            path, body = waiting.pop(0)
            if not received:
                continue
            self._note(path, body, received)
            if path.endswith("/lessons") and chance.random() < 0.5:
                code = received["teachings"][0]["code"]
                waiting.append(("/api/v1/answers", {"code": code, "answer": "able"}))

    def _next(self, chance: random.Random) -> Sent:
        """A new lesson with one new learner; one in five times one that has its receipt, again."""
        if self.journal and chance.random() < 0.2:
            again = chance.choice(list(self.journal.values()))["sent"]
            return again[0], again[1]
        number = next(self._numbers)
        learner = {"name": f"Người học {number}", "phone": f"09{number:08}"}
        return "/api/v1/lessons", {
            "submission": uuid4().hex,
            "on": day_of(datetime.now(UTC)).isoformat(),
            "unit": "21952",
            "skills": ["vneid"],
            "learners": [learner],
        }

    def _send(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The receipt; None where there was no answer, {} where it was a wrong one."""
        headers = {"Content-Type": "application/json"}
        if "code" in body:  # each learner from a phone of their own, as the proxy would say
            headers["X-Forwarded-For"] = str(IPv4Address(random.Random(body["code"]).getrandbits(32)))
        else:
            headers["Authorization"] = f"Bearer {self._token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            received = response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if response.status == 503:
            return None
        if response.status not in (200, 201):
            self.wrong.append(f"{path}: {response.status} {received!r}")
            return {}
        return dict(json.loads(received))

    def _note(self, path: str, body: dict[str, Any], received: dict[str, Any]) -> None:
        key = f"lesson:{body['submission']}" if "submission" in body else f"answer:{body['code']}"
        first = self.journal.setdefault(key, {**received, "sent": (path, body)})
        if {**first, "sent": None} != {**received, "sent": None}:
            self.wrong.append(f"{key}: first {first}, then {received}")
