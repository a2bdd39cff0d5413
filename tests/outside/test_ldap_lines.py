"""Lines to a directory: who is spoken with, for how long, and what goes over them (F6, F7, F11)."""

import threading
from pathlib import Path

import pytest

from styrdokument.outside.directory import Silent
from styrdokument.outside.ldap.settings import settings_in
from tests.certificates import authority
from tests.directories import ask
from tests.listeners import Listener, babbling, dribbling, half_closed, silent
from tests.slapd import PASSWORD, SECRET, Slapd, free_port

BAD_WAYS = (silent, half_closed, dribbling, babbling)


@pytest.mark.parametrize("speaks", ["ldaps", "starttls"])
def test_both_ways_of_tls_are_spoken(slapd: Slapd, speaks: str) -> None:
    slapd.add("alma")
    port = slapd.tls_port if speaks == "ldaps" else slapd.port

    assert ask(slapd, servers=f"{speaks}://localhost:{port}").authenticate("alma", PASSWORD)


@pytest.mark.parametrize("speaks", ["ldaps", "starttls"])
@pytest.mark.parametrize("fault", ["expired", "another_host", "another_authority"])
def test_a_certificate_with_a_fault_is_not_spoken_with(fault: str, speaks: str) -> None:
    server = Slapd(certificate=fault)
    try:
        server.reset()
        server.add("alma")
        port = server.tls_port if speaks == "ldaps" else server.port
        with pytest.raises(Silent):
            ask(server, servers=f"{speaks}://localhost:{port}").authenticate("alma", PASSWORD)
    finally:
        server.remove()


def test_an_authority_that_we_were_not_told_of_is_none(slapd: Slapd, tmp_path: Path) -> None:
    slapd.add("alma")

    with pytest.raises(Silent):
        ask(slapd, ca=str(authority(tmp_path))).authenticate("alma", PASSWORD)
    with pytest.raises(Silent):
        ask(slapd, ca="").authenticate("alma", PASSWORD)


def test_where_tls_is_stripped_away_no_password_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("styrdokument.outside.ldap.organisation.LOOK_SECONDS", 0.3)
    server = Slapd(certificate="")
    heard = Listener(silent)
    try:
        server.reset()
        server.add("alma")
        for port in (server.port, heard.port):
            with pytest.raises(Silent):
                ask(server, servers=f"starttls://localhost:{port}").authenticate("alma", PASSWORD)
        assert heard.taken
        assert SECRET.encode() not in heard.heard
    finally:
        heard.close()
        server.remove()


@pytest.mark.parametrize("way", BAD_WAYS)
@pytest.mark.parametrize("speaks", ["ldaps", "starttls", "ldap"])
def test_a_server_that_does_not_answer_as_it_should_is_given_up(
    slapd: Slapd, way: object, speaks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("styrdokument.outside.ldap.organisation.LOOK_SECONDS", 0.3)
    listener = Listener(way)
    before = threading.active_count()
    try:
        with pytest.raises(Silent):
            ask(slapd, servers=f"{speaks}://localhost:{listener.port}").named("alma")
        assert listener.taken == 1
    finally:
        listener.close()
    assert threading.active_count() <= before + 4, "nobody of ours waits on"


def test_the_next_server_is_asked_and_kept_to(slapd: Slapd) -> None:
    slapd.add("alma")
    quiet = Listener(half_closed)
    nobody = f"ldaps://localhost:{free_port()}"
    servers = f"{nobody}, ldaps://localhost:{quiet.port}, ldaps://localhost:{slapd.tls_port}"
    directory = ask(slapd, servers=servers)
    try:
        assert directory.authenticate("alma", PASSWORD)
        assert directory.authenticate("alma", PASSWORD)
        assert quiet.taken == 1, "the one that answered is asked first"
    finally:
        quiet.close()


def test_a_wrong_password_is_not_tried_at_the_next_server(slapd: Slapd) -> None:
    slapd.add("alma")
    other = Listener(silent)
    servers = f"ldaps://localhost:{slapd.tls_port},ldaps://localhost:{other.port}"
    try:
        assert ask(slapd, servers=servers).authenticate("alma", "fel") is None
        assert other.taken == 0
    finally:
        other.close()


def test_our_own_password_that_is_wrong_is_told_apart_from_theirs(
    slapd: Slapd, caplog: pytest.LogCaptureFixture
) -> None:
    slapd.add("alma")

    with pytest.raises(Silent):
        ask(slapd, password="not it").authenticate("alma", PASSWORD)

    assert "the product's own sign-in is refused" in caplog.text
    assert PASSWORD not in caplog.text


def test_a_server_that_is_back_is_asked_again(slapd: Slapd) -> None:
    slapd.add("alma")
    directory = ask(slapd)
    assert directory.authenticate("alma", PASSWORD)
    slapd.stop()
    try:
        with pytest.raises(Silent):
            directory.authenticate("alma", PASSWORD)
    finally:
        slapd.start()

    assert directory.authenticate("alma", PASSWORD)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("kind", "novell", "directory_kind: 'novell' is none of openldap, active_directory"),
        ("kind", "", "directory_kind: is needed"),
        ("servers", "ldap://directory.example", "would send passwords in the open"),
        ("servers", "ldaps://a.example,ldap://10.0.0.1", "would send passwords in the open"),
        ("servers", "directory.example", "is not like ldaps://"),
        ("servers", "ldaps://directory.example/dc=x", "is not like ldaps://"),
        ("servers", "ldaps://directory.example:port", "directory_servers"),
        ("base", "", "directory_base: is needed"),
        ("user", "", "directory_user: is needed"),
        ("password", "", "directory_password: is needed"),
        ("filter", "(uid=*)", "directory_filter: does not say where {login} goes"),
        ("ca", "no-such.pem", "directory_ca: there is no file '/no-such.pem'"),
    ],
)
def test_what_cannot_be_used_is_told_by_the_name_of_the_setting(
    slapd: Slapd, name: str, value: str, words: str
) -> None:
    with pytest.raises(ValueError, match="directory_") as refused:
        settings_in(Path("/"), slapd.settings(**{name: value}))

    assert words in str(refused.value)
