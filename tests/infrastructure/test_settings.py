"""Settings come from the environment and are checked before anything else happens."""

from pathlib import Path

import pytest
from psycopg.pq import PGconn
from sqlalchemy import make_url

from infrastructure.engines import by_tls_alone
from infrastructure.settings import BadSetting, from_environment


def test_nothing_set_is_sqlite_in_var_on_this_machine_alone():
    settings = from_environment({})
    assert settings.home == Path.cwd() / "var"
    assert settings.database_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"


def test_an_empty_variable_is_as_good_as_none():
    assert from_environment({"LANTOA_HOME": "", "LANTOA_DATABASE_URL": ""}) == from_environment({})


def test_links_follow_the_bind_unless_said_otherwise():
    assert from_environment({"LANTOA_BIND": "0.0.0.0:80"}).public_url == "http://127.0.0.1:80"
    assert from_environment({"LANTOA_BIND": "[::1]:81"}).public_url == "http://[::1]:81"
    assert from_environment({"LANTOA_PUBLIC_URL": "https://lantoa.vn/"}).public_url == "https://lantoa.vn"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANTOA_BIND", "8000"),
        ("LANTOA_BIND", "127.0.0.1:"),
        ("LANTOA_BIND", "127.0.0.1:0"),
        ("LANTOA_BIND", "127.0.0.1:65536"),
        ("LANTOA_BIND", "somewhere:8000"),
        ("LANTOA_DATABASE_URL", "mysql://a/b"),
        ("LANTOA_DATABASE_URL", "postgresql+asyncpg://a/b"),
        ("LANTOA_DATABASE_URL", "postgresql+psycopg://a"),
        ("LANTOA_DATABASE_URL", "nonsense"),
        ("LANTOA_PUBLIC_URL", "lantoa.vn"),
        ("LANTOA_PUBLIC_URL", "ftp://lantoa.vn"),
        ("LANTOA_PUBLIC_URL", "https://user:secret@lantoa.vn"),
        ("LANTOA_PUBLIC_URL", "https://lantoa.vn/app"),
        ("LANTOA_WORKERS", "0"),
        ("LANTOA_WORKERS", "many"),
        ("LANTOA_HOMES", "/srv"),
        ("LANTOA_BEHIND_PROXY", "proxy.internal"),
        ("LANTOA_BEHIND_PROXY", "10.0.0.0/8"),
    ],
)
def test_what_cannot_be_is_named(name, value):
    with pytest.raises(BadSetting, match=name):
        from_environment({name: value})


MAIL = {"LANTOA_SMTP_URL": "smtps://lantoa:hush%40@mail.example.vn", "LANTOA_SMTP_FROM": "lantoa@example.vn"}
HOOK = {"LANTOA_WEBHOOK_URL": "https://sms.example.vn/send?to=x", "LANTOA_WEBHOOK_SECRET": "hush" * 8}


def test_without_a_sender_reminders_are_printed():
    assert from_environment({}).outgoing.sender == "console"
    assert from_environment({}).outgoing.silent_days == 14
    assert from_environment({"LANTOA_SILENT_DAYS": "7"}).outgoing.silent_days == 7


def test_mail_goes_by_tls_from_the_first_byte_or_by_starttls():
    server = from_environment(MAIL).outgoing.smtp
    assert server is not None
    assert (server.host, server.port, server.tls) == ("mail.example.vn", 465, "implicit")
    assert (server.user, server.password) == ("lantoa", "hush@")
    later = from_environment(MAIL | {"LANTOA_SMTP_URL": "smtp://mail.example.vn"}).outgoing.smtp
    assert later is not None
    assert (later.port, later.tls, later.user) == (587, "starttls", None)
    here = from_environment(MAIL | {"LANTOA_SMTP_URL": "smtp+plain://127.0.0.1:1025"}).outgoing.smtp
    assert here is not None
    assert (here.port, here.tls) == (1025, "none")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (MAIL | {"LANTOA_SMTP_URL": "smtp+plain://mail.example.vn"}, "LANTOA_SMTP_URL"),
        (MAIL | {"LANTOA_SMTP_URL": "https://mail.example.vn"}, "LANTOA_SMTP_URL"),
        (MAIL | {"LANTOA_SMTP_URL": "smtps://mail.example.vn:99999"}, "LANTOA_SMTP_URL"),
        (MAIL | {"LANTOA_SMTP_URL": "smtps://mail.example.vn/x"}, "LANTOA_SMTP_URL"),
        (MAIL | {"LANTOA_SMTP_FROM": ""}, "LANTOA_SMTP_FROM"),
        (MAIL | {"LANTOA_SMTP_FROM": "a@b.vn\nBcc: c@d.vn"}, "LANTOA_SMTP_FROM"),
        ({"LANTOA_SMTP_FROM": "a@b.vn"}, "LANTOA_SMTP_FROM"),
        (HOOK | {"LANTOA_WEBHOOK_URL": "http://sms.example.vn"}, "LANTOA_WEBHOOK_URL"),
        (HOOK | {"LANTOA_WEBHOOK_URL": "https://user:hush@sms.example.vn"}, "LANTOA_WEBHOOK_URL"),
        (HOOK | {"LANTOA_WEBHOOK_URL": "file:///etc/passwd"}, "LANTOA_WEBHOOK_URL"),
        (HOOK | {"LANTOA_WEBHOOK_SECRET": "short"}, "LANTOA_WEBHOOK_SECRET"),
        (HOOK | {"LANTOA_WEBHOOK_PRIVATE": "maybe"}, "LANTOA_WEBHOOK_PRIVATE"),
        ({"LANTOA_WEBHOOK_SECRET": "hush" * 8}, "LANTOA_WEBHOOK_SECRET"),
        (MAIL | HOOK, "LANTOA_WEBHOOK_URL"),
        (HOOK | {"LANTOA_WEBHOOK_URL": "https://[hush"}, "LANTOA_WEBHOOK_URL"),
        (HOOK | {"LANTOA_WEBHOOK_URL": "https://sms.example.vn/hush\r\nX-More: 1"}, "LANTOA_WEBHOOK_URL"),
        (HOOK | {"LANTOA_WEBHOOK_URL": "https://sms.example.vn/gửi"}, "LANTOA_WEBHOOK_URL"),
        (MAIL | {"LANTOA_SMTP_URL": "smtps://lantoa:hush[@mail.example.vn"}, "LANTOA_SMTP_URL"),
        ({"LANTOA_SILENT_DAYS": "0"}, "LANTOA_SILENT_DAYS"),
        ({"LANTOA_SILENT_DAYS": "two"}, "LANTOA_SILENT_DAYS"),
    ],
)
def test_a_sender_that_cannot_be_is_named(wrong, named):
    with pytest.raises(BadSetting, match=named) as refused:
        from_environment(wrong)
    assert "hush" not in str(refused.value)


def test_secrets_of_senders_are_not_shown():
    for settings in (MAIL, HOOK):
        assert "hush" not in str(from_environment(settings).shown())
    assert from_environment(MAIL).shown()["LANTOA_SMTP_URL"] == "smtps://lantoa:***@mail.example.vn:465"
    assert from_environment(HOOK).shown()["LANTOA_WEBHOOK_URL"] == "https://sms.example.vn/…"


def test_sqlite_has_one_writing_process():
    with pytest.raises(BadSetting, match="LANTOA_WORKERS"):
        from_environment({"LANTOA_WORKERS": "2"})
    url = "postgresql+psycopg://lantoa@127.0.0.1/lantoa"
    assert from_environment({"LANTOA_WORKERS": "2", "LANTOA_DATABASE_URL": url}).workers == 2


@pytest.mark.parametrize(
    "here",
    [
        "",
        "localhost",
        "127.0.0.1:5433",
        "[::1]",
        "/lantoa?host=/run/postgresql",
        "/lantoa?host=127.0.0.1:5432",
    ],
)
def test_a_database_of_this_machine_needs_no_tls(here):
    url = (
        f"postgresql+psycopg://lantoa@{here}" if "?" in here else f"postgresql+psycopg://lantoa@{here}/lantoa"
    )
    assert from_environment({"LANTOA_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    "where",
    [
        "db.internal/lantoa?",
        "10.0.0.7/lantoa?",
        "/lantoa?host=/run,db.internal&",
        "localhost/lantoa?hostaddr=10.0.0.7&",
        "/lantoa?service=far&",
    ],
)
def test_over_a_network_the_database_is_spoken_to_by_tls_unless_that_is_said(where):
    url = f"postgresql+psycopg://lantoa@{where}"
    for mode in ("", "sslmode=prefer", "sslmode=require", "sslmode=verify-ca"):
        with pytest.raises(BadSetting, match="verify-full"):
            from_environment({"LANTOA_DATABASE_URL": url + mode})
    for mode in ("sslmode=verify-full", "sslmode=disable"):
        assert from_environment({"LANTOA_DATABASE_URL": url + mode}).database_url == url + mode


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PGHOST", "127.0.0.9", "host=127.0.0.1"),
        ("PGHOSTADDR", "127.0.0.9", "hostaddr=127.0.0.1"),
        ("PGSERVICE", "far", "service=near&sslmode=disable"),
    ],
)
def test_a_variable_by_which_libpq_would_go_elsewhere_is_refused(
    variable, value, said, monkeypatch, tmp_path
):
    services = tmp_path / "pg_service.conf"
    services.write_text("[far]\nhost=127.0.0.9\n[near]\nhost=127.0.0.1\n")
    for name, told in {variable: value, "PGSERVICEFILE": str(services)}.items():
        monkeypatch.setenv(name, told)
    silent, speaking = "postgresql:///lantoa", f"postgresql:///lantoa?{said}"

    assert "127.0.0.9" in place_of(silent)  # the control: libpq itself goes there
    with pytest.raises(BadSetting, match=variable):
        from_environment({"LANTOA_DATABASE_URL": silent, variable: value})
    assert "127.0.0.1" in place_of(speaking)
    assert from_environment({"LANTOA_DATABASE_URL": speaking, variable: value}).database_url == speaking
    assert from_environment({variable: value}).keeps_sqlite


def place_of(url):
    """Where libpq would connect to, by name and address."""
    begun = PGconn.connect_start(url.encode())
    try:
        return begun.host.decode(), begun.hostaddr.decode()
    finally:
        begun.finish()


def test_nothing_is_encrypted_by_kerberos_in_place_of_the_certificate_that_is_asked_for():
    def encrypted(query):
        return by_tls_alone(make_url(f"postgresql+psycopg://lantoa@db/lantoa?{query}")).query.get(
            "gssencmode"
        )

    assert encrypted("sslmode=verify-full") == "disable"
    assert encrypted("sslmode=verify-full&gssencmode=require") == "require"
    assert encrypted("sslmode=disable") is None


def test_a_proxy_is_named_as_the_server_names_its_peers():
    public = {"LANTOA_PUBLIC_URL": "https://lantoa.vn"}
    assert from_environment(public | {"LANTOA_BEHIND_PROXY": "[2001:DB8:0::7]"}).behind_proxy == "2001:db8::7"
    assert from_environment(public | {"LANTOA_BEHIND_PROXY": ""}).behind_proxy is None


def test_behind_a_proxy_and_with_tls_links_are_https():
    files = {"LANTOA_TLS_CERT": "cert.pem", "LANTOA_TLS_KEY": "key.pem"}
    assert from_environment(files).public_url == "https://127.0.0.1:8000"
    assert from_environment(files).tls_key == Path.cwd() / "key.pem"
    for secured in (files, {"LANTOA_BEHIND_PROXY": "127.0.0.1"}):
        with pytest.raises(BadSetting, match="LANTOA_PUBLIC_URL"):
            from_environment(secured | {"LANTOA_PUBLIC_URL": "http://lantoa.vn"})
    with pytest.raises(BadSetting, match="LANTOA_TLS_KEY"):
        from_environment({"LANTOA_TLS_CERT": "cert.pem"})
    with pytest.raises(BadSetting, match="LANTOA_TLS_CERT"):
        from_environment({"LANTOA_TLS_KEY": "key.pem"})


def test_secrets_are_not_shown():
    url = "postgresql+psycopg://lantoa:hush@db/lantoa?sslmode=verify-full&sslpassword=hushhush"
    shown = from_environment({"LANTOA_DATABASE_URL": url}).shown()
    assert "hush" not in str(shown)
    assert "lantoa:***@db/lantoa" in shown["LANTOA_DATABASE_URL"]
