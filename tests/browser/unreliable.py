"""A network of the tests' own in front of a server: it can be cut, and it can lose replies."""

import socket
import threading
from contextlib import suppress


class Network:
    """Passes bytes on between a port of its own and the server's, until it is told otherwise."""

    def __init__(self, to: int, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.lost = 0
        self.refused = b""
        """Requests that begin so end without an answer."""
        self.asked: list[bytes] = []
        """First lines of the requests that came through."""
        self._to = to
        self._up = True
        self._losing: tuple[bytes, int] = (b"", 0)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """No connection is answered any more, and those that stand end."""
        self._up = False
        self._drop_all()

    def mend(self) -> None:
        self._up = True

    def lose_replies(self, number: int, to: bytes) -> None:
        """The server gets the next `number` requests that begin so, and nobody hears its answer."""
        with self._lock:
            self._losing = (to, number)

    def close(self) -> None:
        self._door.close()
        self.cut()

    def _drop_all(self) -> None:
        with self._lock:
            ended, self._open = self._open, set()
        for one in ended:
            _end(one)

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            if not self._up:
                _end(caller)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._to), 10)
            except OSError:
                _end(caller)
                continue
            server.settimeout(None)
            with self._lock:
                self._open |= {caller, server}
            losing = threading.Event()
            threading.Thread(target=self._asking, args=(caller, server, losing), daemon=True).start()
            threading.Thread(target=self._answering, args=(server, caller, losing), daemon=True).start()

    def _asking(self, caller: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while some := caller.recv(65_536):
                self.asked.append(some.partition(b"\r\n")[0])
                if self.refused and some.startswith(self.refused):
                    break
                with self._lock:
                    begins, number = self._losing
                    if number and some.startswith(begins):
                        self._losing = (begins, number - 1)
                        losing.set()
                server.sendall(some)
        self._forget(caller, server)

    def _answering(self, server: socket.socket, caller: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while some := server.recv(65_536):
                if losing.is_set():
                    self.lost += 1
                    break
                caller.sendall(some)
        self._forget(caller, server)

    def _forget(self, *ended: socket.socket) -> None:
        with self._lock:
            self._open -= set(ended)
        for one in ended:
            _end(one)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
