"""Letters go out to real servers, which fail in the usual ways: each of them is told apart."""

import io
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import msgspec
import pytest

from application.reminders import Trouble
from infrastructure.outbox import webhook
from infrastructure.outbox.addresses import is_public
from infrastructure.outbox.senders import Console, Letter, NotSent
from infrastructure.outbox.smtp import Smtp
from infrastructure.outbox.webhook import Webhook
from infrastructure.outgoing import SmtpServer
from tests.infrastructure.outbox.servers import (
    SECRET,
    Certificate,
    Gateway,
    Mailbox,
    free_port,
    gateway_at,
    mail_server,
    silent_server,
)

LETTER = Letter(
    key="0123456789abcdef",
    kind="report-due",
    subject="Lan Tỏa: báo cáo tháng 10/2026",
    text="Xã Tuy Phước chưa gửi báo cáo.\nHạn: trước ngày 20/11/2026.",
    phone="+84912345678",
    email="minh@example.vn",
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("certificate"))


def not_sent(sender: Smtp | Webhook) -> NotSent:
    with pytest.raises(NotSent) as refused:
        sender.send(LETTER)
    assert str(LETTER.phone) not in str(refused.value)
    assert refused.value.__cause__ is None
    return refused.value


class TestMail:
    @pytest.fixture
    def by(self, certificate: Certificate) -> Any:
        def made(port: int, tls: str = "none", password: str | None = None, **times: float) -> Smtp:
            server = SmtpServer(
                host="127.0.0.1",
                port=port,
                tls=tls,
                sender="lantoa@example.vn",
                user="lantoa" if password else None,
                password=password,
            )
            return Smtp(server, context=certificate.client(), **({"each": 5.0} | times))

        return made

    def test_a_letter_arrives_as_it_was_written_under_its_key(self, by: Any) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox) as port:
            assert by(port).send(LETTER) == 250
        mail = message_from_bytes(mailbox.letters[0].content, policy=policy.default)
        assert mailbox.letters[0].rcpt_tos == [LETTER.email]
        assert mail["Subject"] == LETTER.subject
        assert mail.get_content().strip() == LETTER.text
        assert mail["Message-ID"] == f"<{LETTER.key}@example.vn>"

    @pytest.mark.parametrize(("tls", "implicit"), [("starttls", False), ("implicit", True)])
    def test_over_tls_and_signed_in(
        self, by: Any, certificate: Certificate, tls: str, implicit: bool
    ) -> None:
        mailbox = Mailbox()
        with mail_server(
            mailbox, certificate=certificate, implicit=implicit, signing_in=not implicit
        ) as port:
            by(port, tls, None if implicit else "right").send(LETTER)
        assert len(mailbox.letters) == 1
        assert mailbox.signed_in == ([] if implicit else ["lantoa"])

    def test_a_wrong_password_is_a_setting_to_mend(self, by: Any, certificate: Certificate) -> None:
        with mail_server(Mailbox(), certificate=certificate, signing_in=True) as port:
            refused = not_sent(by(port, "starttls", "wrong"))
        assert (refused.trouble, refused.status, refused.final) == (Trouble.NOT_ADMITTED, 535, False)

    def test_nothing_goes_out_in_plain_text_where_tls_was_asked_for(self, by: Any) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox) as port:
            assert not_sent(by(port, "starttls")).trouble is Trouble.TLS
            assert not_sent(by(port, "implicit")).trouble is Trouble.TLS
        assert mailbox.letters == []

    def test_a_certificate_that_nobody_vouches_for_is_not_believed(self, certificate: Certificate) -> None:
        server = SmtpServer(host="127.0.0.1", port=0, tls="implicit", sender="a@b.vn")
        with mail_server(Mailbox(), certificate=certificate, implicit=True) as port:
            stranger = Smtp(msgspec.structs.replace(server, port=port), each=5.0)
            assert not_sent(stranger).trouble is Trouble.TLS

    @pytest.mark.parametrize(
        ("says", "trouble", "status", "final"),
        [
            ("451 4.7.1 Greylisted, try again later", Trouble.BUSY, 451, False),
            ("452 4.2.2 Mailbox full", Trouble.BUSY, 452, False),
            ("554 5.7.1 Refused", Trouble.REJECTED, 554, True),
            ("rcpt 451 Greylisted", Trouble.BUSY, 451, False),
            ("rcpt 550 No such user", Trouble.REJECTED, 550, True),
            ("drop", Trouble.DROPPED, None, False),
        ],
    )
    def test_what_a_server_says_no_with(
        self, by: Any, says: str, trouble: Trouble, status: int | None, final: bool
    ) -> None:
        with mail_server(Mailbox(says)) as port:
            refused = not_sent(by(port))
        assert (refused.trouble, refused.status, refused.final) == (trouble, status, final)

    def test_after_greylisting_the_same_letter_goes_through(self, by: Any) -> None:
        mailbox = Mailbox("451 Greylisted", "250 OK")
        with mail_server(mailbox) as port:
            assert not_sent(by(port)).trouble is Trouble.BUSY
            by(port).send(LETTER)
        assert len(mailbox.letters) == 1

    def test_nobody_there_and_nobody_answering(self, by: Any) -> None:
        assert not_sent(by(free_port())).trouble is Trouble.UNREACHABLE
        with silent_server() as port:
            assert not_sent(by(port, each=0.2)).trouble is Trouble.TIMEOUT
            assert not_sent(by(port, each=5.0, whole=0.2)).trouble is Trouble.TIMEOUT
            assert not_sent(by(port, "implicit", each=5.0, whole=0.2)).trouble is Trouble.TIMEOUT


class TestWebhook:
    def hook(self, url: str, **other: Any) -> Webhook:
        return Webhook(url, SECRET, **({"private": True, "each": 5.0} | other))

    def test_a_message_arrives_signed_under_its_key(self, certificate: Certificate) -> None:
        gateway = Gateway()
        with gateway_at(gateway, certificate) as url:
            assert self.hook(url, context=certificate.client()).send(LETTER) == 200
        assert gateway.delivered == {
            LETTER.key: {
                "key": LETTER.key,
                "kind": LETTER.kind,
                "to": LETTER.phone,
                "text": LETTER.text,
            }
        }
        assert gateway.forged == 0

    def test_another_secret_is_noticed(self) -> None:
        gateway = Gateway()
        with gateway_at(gateway) as url:
            refused = not_sent(Webhook(url, "another secret of 32 characters..", private=True))
        assert (refused.trouble, refused.status) == (Trouble.NOT_ADMITTED, 401)
        assert gateway.forged == 1

    @pytest.mark.parametrize(
        ("says", "trouble", "final"),
        [
            (422, Trouble.REJECTED, True),
            (400, Trouble.REJECTED, True),
            (404, Trouble.NOT_ADMITTED, False),
            (403, Trouble.NOT_ADMITTED, False),
            (408, Trouble.BUSY, False),
            (500, Trouble.BUSY, False),
            (503, Trouble.BUSY, False),
        ],
    )
    def test_what_a_gateway_says_no_with(self, says: int, trouble: Trouble, final: bool) -> None:
        with gateway_at(Gateway(says)) as url:
            refused = not_sent(self.hook(url))
        assert (refused.trouble, refused.status, refused.final) == (trouble, says, final)

    def test_it_waits_as_long_as_it_is_asked_to(self) -> None:
        with gateway_at(Gateway(429)) as url:
            assert not_sent(self.hook(url)).wait == timedelta(hours=2)

    def test_a_message_taken_without_an_answer_is_sent_again_under_its_key(self) -> None:
        gateway = Gateway("drop", 200)
        with gateway_at(gateway) as url:
            assert not_sent(self.hook(url)).trouble is Trouble.DROPPED
            self.hook(url).send(LETTER)
        assert len(gateway.requests) == 2
        assert list(gateway.delivered) == [LETTER.key]

    def test_it_is_followed_nowhere_else(self) -> None:
        gateway = Gateway("redirect")
        with gateway_at(gateway) as url:
            refused = not_sent(self.hook(url))
        assert (refused.trouble, refused.status) == (Trouble.REDIRECTED, 302)
        assert len(gateway.requests) == 1

    def test_an_answer_without_end_is_ended(self) -> None:
        with gateway_at(Gateway("slow")) as url:
            assert not_sent(self.hook(url, whole=0.3)).trouble is Trouble.TIMEOUT

    def test_nobody_there_and_nobody_answering(self) -> None:
        closed = f"http://127.0.0.1:{free_port()}/"
        assert not_sent(self.hook(closed)).trouble is Trouble.UNREACHABLE
        with silent_server() as port:
            assert not_sent(self.hook(f"http://127.0.0.1:{port}/", each=0.2)).trouble is Trouble.TIMEOUT

    def test_a_certificate_that_nobody_vouches_for_is_not_believed(self, certificate: Certificate) -> None:
        gateway = Gateway()
        with gateway_at(gateway, certificate) as url:
            assert not_sent(self.hook(url)).trouble is Trouble.TLS
        assert gateway.requests == []

    def test_a_server_that_speaks_no_http(self) -> None:
        with mail_server(Mailbox()) as port:
            refused = not_sent(self.hook(f"http://127.0.0.1:{port}/"))
        assert refused.trouble is Trouble.NOT_UNDERSTOOD

    def test_it_is_not_led_into_our_own_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        gateway = Gateway()
        with gateway_at(gateway) as url:
            assert not_sent(Webhook(url, SECRET)).trouble is Trouble.PRIVATE_ADDRESS
            named = url.replace("127.0.0.1", "localhost")
            assert not_sent(Webhook(named, SECRET)).trouble is Trouble.PRIVATE_ADDRESS
            mixed = ["203.0.113.7", "127.0.0.1"]
            monkeypatch.setattr(webhook, "addresses_of", lambda *_: mixed)
            assert not_sent(Webhook(url, SECRET)).trouble is Trouble.PRIVATE_ADDRESS
        assert gateway.requests == []

    def test_the_address_that_was_looked_at_is_the_one_that_is_called(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name that stands for another address the next moment leads nowhere else."""
        gateway = Gateway()
        with gateway_at(gateway) as url:
            asked: list[str] = []

            def once(host: str, _port: int) -> list[str]:
                asked.append(host)
                return ["127.0.0.1"]

            monkeypatch.setattr(webhook, "addresses_of", once)
            self.hook(url.replace("127.0.0.1", "gateway.invalid")).send(LETTER)
        assert asked == ["gateway.invalid"]
        assert gateway.requests[0]["Host"].startswith("gateway.invalid:")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_what_is_not_of_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_what_is_of_the_internet(address: str) -> None:
    assert is_public(address)


def test_the_console_says_what_would_be_sent_and_not_to_whom() -> None:
    said = io.StringIO()
    Console(said).send(LETTER)
    assert LETTER.text in said.getvalue()
    assert "912345678" not in said.getvalue()
    assert "example.vn" not in said.getvalue()


def test_who_has_no_phone_or_no_address_is_not_reached() -> None:
    server = SmtpServer(host="127.0.0.1", port=25, tls="none", sender="a@b.vn")
    bare = msgspec.structs.replace(LETTER, phone=None, email=None)
    assert not Smtp(server).reaches(bare)
    assert not Webhook("https://example.vn", SECRET).reaches(bare)
    assert Console().reaches(bare)
