"""Off this machine only HTTPS is spoken: by the server itself, or by a proxy whose address is said."""

import os
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from interfaces.cli.problems import Exit
from tests.interfaces.waiting import until


@pytest.fixture
def tls(tmp_path):
    """A certificate for 127.0.0.1 that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(cert.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "key.pem").chmod(0o600)
    return tmp_path / "cert.pem", tmp_path / "key.pem", key


@pytest.fixture
def with_tls(tls, monkeypatch):
    monkeypatch.setenv("LANTOA_TLS_CERT", str(tls[0]))
    monkeypatch.setenv("LANTOA_TLS_KEY", str(tls[1]))
    return tls


@pytest.fixture
def port(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    monkeypatch.setenv("LANTOA_BIND", f"127.0.0.1:{number}")
    return number


@pytest.fixture
def serving(begun, port):
    """Starts `lantoa serve`, and stops it in the end."""
    servers = []

    def serving(*options):
        command = [sys.executable, "-c", "from interfaces.cli.main import main; main()", "serve", *options]
        servers.append(subprocess.Popen(command, env=os.environ | {}))

    yield serving
    for server in servers:
        server.terminate()
        server.wait(30)


def answered(client, path="/health", **more):
    try:
        return client.get(path, **more)
    except httpx.TransportError:
        return None


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "[::]:8000", "192.0.2.7:8000"])
def test_plain_http_for_other_machines_is_refused(begun, monkeypatch, bind):
    monkeypatch.setenv("LANTOA_BIND", bind)
    said = begun("serve")

    assert said.code == Exit.NOT_SET_UP
    assert "LANTOA_TLS_CERT" in said.err
    assert "--behind-proxy" in said.err
    assert said.err.count("\n") == 1


def test_a_demo_for_other_machines_is_refused_too(begun, home, monkeypatch):
    monkeypatch.setenv("LANTOA_BIND", "0.0.0.0:8000")
    assert begun("demo").code == Exit.NOT_SET_UP
    assert not (home / "demo").exists()


def test_links_of_https_that_nothing_speaks_are_refused(begun, port, monkeypatch):
    monkeypatch.setenv("LANTOA_PUBLIC_URL", "https://lantoa.example")
    said = begun("serve")

    assert said.code == Exit.NOT_SET_UP
    assert "https://lantoa.example" in said.err


def test_a_proxy_needs_https_in_the_links(begun, port):
    said = begun("serve", "--behind-proxy", "127.0.0.1")

    assert said.code == Exit.NOT_SET_UP
    assert "LANTOA_PUBLIC_URL" in said.err


def test_it_speaks_https_itself(serving, with_tls, port):
    serving()
    trusted = ssl.create_default_context(cafile=str(with_tls[0]))
    with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted) as client:
        health = until(lambda: answered(client))
        page = client.get("/vinh-danh")

    assert health.status_code == 200
    assert page.headers["strict-transport-security"].startswith("max-age=31536000")
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{port}/health")


def test_behind_its_proxy_it_answers_and_promises_https(serving, port, monkeypatch):
    monkeypatch.setenv("LANTOA_PUBLIC_URL", "https://lantoa.example")
    serving("--behind-proxy", "127.0.0.1")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        page = until(lambda: answered(client, headers={"x-forwarded-for": "203.0.113.9"}))

    assert page.status_code == 200
    assert "strict-transport-security" in page.headers


def key_of_another(tls):
    other = ec.generate_private_key(ec.SECP256R1())
    tls[1].write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def key_in_an_old_form(tls):
    tls[1].write_bytes(tls[2].private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))


UNUSABLE = {
    "no key": (lambda tls: tls[1].unlink(), "No such file"),
    "another's key": (key_of_another, "certificate and its key"),
    "nonsense": (lambda tls: tls[0].write_text("hello"), "certificate and its key"),
    "bytes": (lambda tls: tls[1].write_bytes(b"\xff\xfe\x00"), "certificate and its key"),
    "open to all": (lambda tls: tls[1].chmod(0o644), "chmod 600"),
    "an old form": (key_in_an_old_form, "PKCS#8"),
}


@pytest.mark.parametrize(("spoil", "why"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_certificate_that_cannot_be_used_is_named(begun, port, with_tls, spoil, why):
    spoil(with_tls)
    said = begun("serve")

    assert said.code == Exit.NOT_SET_UP
    assert why in said.err
    assert said.err.count("\n") == 1
