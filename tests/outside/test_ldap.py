"""Signing in by a real directory: whose password it is, and nobody's without proof (table F)."""

import logging
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.sighting import Presence, clean_address, clean_name
from styrdokument.outside.directory import Silent
from styrdokument.outside.ldap.line import Line
from tests.directories import KINDS, ask
from tests.listeners import Listener, silent
from tests.slapd import GROUPS, PASSWORD, PEOPLE, SUFFIX, Slapd, group, person

NO_PASSWORDS = ("", " ", "\t\n", "\u00a0", "\0", f"{PASSWORD}\0", "\ud800", "x" * 1_000_000)
INJECTED = (
    "*", "a*", "*)(uid=*", "alma)(uid=*", "alma)(|(uid=*", "*)(objectClass=*", "alma)(&)",
    "alma))(|(cn=*", "\\2a", "alma\\", "(alma", "alma)", "alma,ou=people", "uid=alma",
    "alma)(userPassword=*", "\0", "alma\0", "&", "|", "!", "a\ufeff*", "{login}", "\ud800", "",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_and_a_password_let_in_whoever_has_both(slapd: Slapd, kind: str) -> None:
    slapd.add(
        "alma", displayName="Alma Ek", title="Handläggare", ou="Medicin", department="Medicin"
    )
    slapd.add("birgit", userPassword="Hennes eget, helt annat")
    directory = ask(slapd, kind=kind)

    alma = directory.authenticate("alma", PASSWORD)

    assert alma is not None
    assert (alma.login, alma.name, alma.title, alma.unit) == (
        "alma", "Alma Ek", "Handläggare", "Medicin",
    )  # fmt: skip
    assert alma.mail == "alma@region.example"
    assert directory.authenticate("alma", "Hennes eget, helt annat") is None
    assert directory.authenticate("birgit", PASSWORD) is None
    assert directory.authenticate("gun", PASSWORD) is None


@pytest.mark.parametrize("password", NO_PASSWORDS, ids=range(len(NO_PASSWORDS)))
@pytest.mark.parametrize("login", ["alma", "gun", ""])
def test_what_cannot_be_a_password_is_a_plain_no(slapd: Slapd, login: str, password: str) -> None:
    slapd.add("alma")

    assert ask(slapd).authenticate(login, password) is None


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_reaches_into_the_question(slapd: Slapd, kind: str) -> None:
    slapd.add("alma")
    directory = ask(slapd, kind=kind)

    assert [typed for typed in INJECTED if directory.authenticate(typed, PASSWORD)] == []
    assert [typed for typed in INJECTED if directory.named(typed)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_the_same_person_however_it_is_written(slapd: Slapd, kind: str) -> None:
    slapd.add("åsa", userPrincipalName="åsa@region.example", mail="asa@region.example")
    directory = ask(slapd, kind=kind)
    typed = ["åsa", "ÅSA", " åsa ", unicodedata.normalize("NFD", "Åsa")]
    typed += ["åsa@region.example"] if kind == "active_directory" else []

    found = {directory.authenticate(name, PASSWORD) for name in typed}

    assert len(found) == 1
    assert None not in found


def test_a_name_that_two_have_lets_nobody_in(
    slapd: Slapd, caplog: pytest.LogCaptureFixture
) -> None:
    slapd.add("alma")
    slapd.add("alma2", uid=["alma2", "alma"])

    with caplog.at_level(logging.CRITICAL):
        assert ask(slapd).authenticate("alma", PASSWORD) is None

    assert "several" in caplog.text
    assert person("alma2") in caplog.text


def test_the_server_has_to_say_itself_whom_it_takes_us_for(
    slapd: Slapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    slapd.add("alma")
    other = slapd.add("birgit")
    directory = ask(slapd)
    assert directory.authenticate("alma", PASSWORD)

    for answer in ("", "dn:", f"dn:{person('birgit')}", "u:REGION\\birgit", "dn:cn=nobody"):
        monkeypatch.setattr("styrdokument.outside.ldap.line.Line.whoami", lambda _, a=answer: a)
        assert directory.authenticate("alma", PASSWORD) is None, (answer, other)

    monkeypatch.setattr("styrdokument.outside.ldap.line.Line.whoami", lambda _: "u:REGION\\Alma")
    assert directory.authenticate("alma", PASSWORD), "as Active Directory says it"


def test_somebody_who_is_not_there_costs_as_many_questions_as_somebody_who_is(
    slapd: Slapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    slapd.add("alma")
    directory = ask(slapd)
    asked: list[str] = []
    for name in ("ask", "ask_as"):
        real = getattr(directory._servers, name)
        monkeypatch.setattr(
            directory._servers,
            name,
            lambda *given, _real=real, _name=name, **more: (
                asked.append(_name) or _real(*given, **more)
            ),
        )
    search = Line.search
    monkeypatch.setattr(Line, "search", lambda *a: asked.append("search") or search(*a))

    directory.authenticate("alma", "fel lösenord")
    directory.authenticate("gun", "fel lösenord")

    assert asked == ["ask", "search", "ask_as"] * 2


@pytest.mark.parametrize("kind", KINDS)
def test_groups_hold_those_of_the_groups_in_them_and_may_go_round(slapd: Slapd, kind: str) -> None:
    slapd.add("alma")
    slapd.add("birgit")
    inner = slapd.add_group("inner", person("alma"))
    outer = slapd.add_group("outer", group("inner"), person("birgit"))
    slapd.change(group("inner"), member=[person("alma"), group("outer")])
    slapd.add_group("another", person("birgit"))
    directory = ask(slapd)
    seen = directory.named("alma")

    assert seen is not None
    assert seen.groups == {inner, outer}
    assert {one.login for one in directory.members(outer).values()} == {"alma", "birgit"}
    groups = [ask(slapd, kind=kind).named(login).groups for login in ("alma", "birgit")]
    assert [len(found) for found in groups] == [2, 3]


def test_a_group_made_again_under_the_same_name_is_another(slapd: Slapd) -> None:
    slapd.add("alma")
    first = slapd.add_group("deciders", person("alma"))
    slapd.delete(group("deciders"))
    second = slapd.add_group("deciders", person("alma"))

    seen = ask(slapd).named("alma")

    assert seen is not None
    assert seen.groups == {second}
    assert ask(slapd).members(first) == {}


def test_a_person_given_another_name_is_the_same_and_a_name_used_again_is_another(
    slapd: Slapd,
) -> None:
    key = slapd.add("alma")
    slapd.rename(person("alma"), "uid=almgren")
    again = slapd.add("alma")
    directory = ask(slapd)

    assert [directory.named(login).key for login in ("almgren", "alma")] == [key, again]
    assert [directory.look(one).login for one in (key, again)] == ["almgren", "alma"]


@pytest.mark.parametrize(
    ("kind", "values", "presence"),
    [
        ("active_directory", {"userAccountControl": 512}, Presence.HERE),
        ("active_directory", {"userAccountControl": 514}, Presence.LEFT),
        ("active_directory", {"accountExpires": 0}, Presence.HERE),
        ("active_directory", {"accountExpires": 0x7FFF_FFFF_FFFF_FFFF}, Presence.HERE),
        ("active_directory", {"accountExpires": 132_000_000_000_000_000}, Presence.LEFT),
        ("active_directory", {"accountExpires": 2_000_000_000_000_000_000}, Presence.HERE),
        ("active_directory", {"msDS-User-Account-Control-Computed": 16}, Presence.LOCKED),
        ("openldap", {"shadowExpire": 19_000}, Presence.LEFT),
        ("openldap", {"shadowExpire": 99_000}, Presence.HERE),
        ("openldap", {"shadowExpire": -1}, Presence.HERE),
        ("openldap", {"nsAccountLock": "TRUE"}, Presence.LEFT),
        ("openldap", {"pwdAccountLockedTime": "000001010000Z"}, Presence.LEFT),
        ("openldap", {"pwdAccountLockedTime": "20261101120000Z"}, Presence.LOCKED),
        ("openldap", {"pwdEndTime": "20250101000000Z"}, Presence.LEFT),
        ("openldap", {"pwdEndTime": "20990101000000Z"}, Presence.HERE),
    ],
)
def test_whoever_is_closed_out_or_past_their_last_day_is_seen_to_be(
    slapd: Slapd, kind: str, values: dict[str, object], presence: Presence
) -> None:
    slapd.add("alma")
    slapd.change(person("alma"), **values)

    seen = ask(slapd, kind=kind).named("alma")

    assert seen is not None
    assert seen.presence is presence


def test_the_server_locks_after_its_own_count_and_that_is_a_no(slapd: Slapd) -> None:
    slapd.add("alma")
    slapd.change(f"cn=default,{SUFFIX}", pwdMaxFailure=2)
    directory = ask(slapd)

    assert [directory.authenticate("alma", "fel") for _ in range(3)] == [None] * 3

    assert directory.authenticate("alma", PASSWORD) is None
    assert directory.named("alma").presence is Presence.LOCKED


def test_a_reference_to_another_server_is_not_followed(slapd: Slapd) -> None:
    elsewhere = Listener(silent)
    slapd.add("alma")
    refers = {"ref": f"ldap://127.0.0.1:{elsewhere.port}/{PEOPLE}", "ou": "elsewhere"}
    with slapd.administer() as line:
        manage = [("2.16.840.1.113730.3.4.2", True, None)]
        name, classes = f"ou=elsewhere,{SUFFIX}", ["referral", "extensibleObject"]
        assert line.add(name, classes, refers, controls=manage), line.result

    try:
        assert ask(slapd).authenticate("alma", PASSWORD)
        with pytest.raises(Silent):
            ask(slapd, base=f"ou=elsewhere,{SUFFIX}").authenticate("alma", PASSWORD)
        assert (elsewhere.taken, elsewhere.heard) == (0, b"")
    finally:
        with slapd.administer() as line:
            line.delete(name, controls=manage)
        elsewhere.close()


def test_a_name_that_would_break_a_header_is_one_line_without_brackets(slapd: Slapd) -> None:
    slapd.add(
        "alma",
        cn=["Alma\nparent 0123 <x@y.z>\r\nBcc: all", "Zeta"],
        displayName="Alma\u2028Ek <alma@other.example>\tX",
        mail=["alma@region.example\nBcc: x@y.z", "<alma>", "alma.ek@region.example"],
        title="\u202eChef\u0000"[:5],
    )

    seen = ask(slapd).authenticate("alma", PASSWORD)

    assert seen is not None
    assert seen.name == "Alma Ek alma@other.example X"
    assert seen.title == "Chef"
    assert seen.mail == "alma.ek@region.example"


@given(st.text(max_size=400))
def test_a_name_is_always_one_clean_line(text: str) -> None:
    name = clean_name(text)

    assert name.isprintable() or not name
    assert not set(name) & set("<>\n\r\0")
    assert len(name) <= 200
    assert clean_name(name) == name


@given(st.text(max_size=80))
def test_an_address_is_plainly_one_or_nothing(text: str) -> None:
    address = clean_address(f"{text}@region.example")

    assert not set(address) & set("\n\r\0<> ,;")


def test_every_page_is_fetched_and_a_part_is_never_taken_for_all() -> None:
    """F17: a server may let all pages through, or stop at its limit without a word in the rows."""
    for whole, is_let_through in (("unlimited", True), ("hard", False)):
        server = Slapd(limit=600, whole=whole, certificate="")
        try:
            server.reset()
            server.add("alma")
            with server.administer() as line:
                for n in range(700):
                    values = {"member": person("alma")}
                    assert line.add(f"cn=g{n},{GROUPS}", "groupOfNames", values), line.result
            directory = ask(server, servers=f"ldap://127.0.0.1:{server.port}", ca="")
            if is_let_through:
                assert len(directory.named("alma").groups) == 700
            else:
                with pytest.raises(Silent, match="sizeLimitExceeded"):
                    directory.named("alma")
        finally:
            server.remove()


def test_a_large_group_is_known_whole_past_the_limit_of_a_search() -> None:
    server = Slapd(limit=100, whole="hard", certificate="")
    try:
        server.reset()
        members = [f"eva{n}" for n in range(300)]
        with server.administer() as line:
            for login in members:
                values = {"cn": login, "sn": login}
                assert line.add(person(login), "inetOrgPerson", values), line.result
        key = server.add_group("all", *map(person, members))
        directory = ask(server, servers=f"ldap://127.0.0.1:{server.port}", ca="")

        found = directory.members(key)

        assert {one.login for one in found.values()} == set(members)
        assert directory.everybody([*found, key.replace("-", "")]).keys() >= found.keys()
    finally:
        server.remove()
