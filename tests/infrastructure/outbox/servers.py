"""Real servers for letters to be sent to, which fail in the ways that servers fail."""

import hashlib
import hmac
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SECRET = "a secret of thirty-two characters"


class Certificate:
    """A certificate for 127.0.0.1 and localhost, and the contexts of both ends."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self._cert, self._key = folder / "cert.pem", folder / "key.pem"
        self._cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        self._key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._cert, self._key)
        return context

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._cert))


class Mailbox:
    """What a mail server answers: `says` in turn, the last for ever; `drop` ends the connection once the
    letter is there, without an answer."""

    def __init__(self, *says: str) -> None:
        self.says = list(says) or ["250 OK"]
        self.letters: list[Any] = []
        self.signed_in: list[str] = []

    def _next(self) -> str:
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.says[0].startswith("rcpt "):
            return self._next().removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        said = self._next()
        if said == "drop":
            self.letters.append(envelope)
            server.transport.abort()
            return "250 OK"
        if said.startswith("250"):
            self.letters.append(envelope)
        return said

    def let_in(self, server: Any, session: Any, envelope: Any, mechanism: Any, data: Any) -> AuthResult:
        self.signed_in.append(data.login.decode())
        return AuthResult(success=data.password == b"right", handled=False)


@contextmanager
def mail_server(mailbox: Mailbox, *, certificate: Certificate | None = None, implicit: bool = False,
                signing_in: bool = False) -> Iterator[int]:  # fmt: skip
    context = certificate.server() if certificate else None
    extra: dict[str, Any] = {"ssl_context": context} if implicit else {"tls_context": context}
    if signing_in:
        extra |= {"authenticator": mailbox.let_in, "auth_required": True, "auth_require_tls": True}
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **extra)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class Gateway:
    """A gateway that checks signatures and keys. `says` are statuses in turn, the last for ever: a number,
    `drop` (takes the message and hangs up), `redirect`, `slow` (a byte now and then, for ever)."""

    def __init__(self, *says: int | str) -> None:
        self.says: list[int | str] = list(says) or [200]
        self.requests: list[dict[str, Any]] = []
        self.delivered: dict[str, dict[str, str]] = {}
        self.forged = 0
        self.ending = threading.Event()
        self._lock = threading.Lock()

    def received(self, headers: Any, body: bytes) -> int | str:
        with self._lock:
            signed = f"{headers['Lantoa-Timestamp']}.".encode() + body
            expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
            if headers["Lantoa-Signature"] != f"v1={expected}":
                self.forged += 1
                return 401
            said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
            self.requests.append(dict(headers))
            if said in (200, 202, "drop"):
                self.delivered.setdefault(headers["Idempotency-Key"], json.loads(body))
            return said


@contextmanager
def gateway_at(gateway: Gateway, certificate: Certificate | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = gateway.received(self.headers, body)
            if said == "drop":
                self.connection.shutdown(socket.SHUT_RDWR)
            elif said == "redirect":
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
            elif said == "slow":
                self._drip()
            else:
                self.send_response(int(said))
                if int(said) == 429:
                    self.send_header("Retry-After", "7200")
                self.end_headers()

        def _drip(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not gateway.ending.wait(0.02):
                try:
                    self.wfile.write(b".")
                    self.wfile.flush()
                except OSError:
                    return

        def log_message(self, *_: object) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that hangs up is what is tried here."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        server.socket = certificate.server().wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}/send?to=sms"
    finally:
        gateway.ending.set()
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """Of a server that does not listen."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes the connection, and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]
