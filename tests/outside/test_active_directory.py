"""Where Active Directory speaks otherwise than OpenLDAP, as its documents say that it does."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from styrdokument.domain.sighting import Presence
from styrdokument.outside.directory import Silent
from styrdokument.outside.ldap.organisation import Ldap
from styrdokument.outside.ldap.settings import settings_in
from tests.active_directory import BASE, Forest, Serving

PASSWORD = "Sommar-2026-är-här"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def controller() -> Iterator[Serving]:
    with Forest().serve() as serving:
        yield serving


@pytest.fixture
def forest(controller: Serving) -> Forest:
    return controller.forest


@pytest.fixture
def directory(controller: Serving) -> Ldap:
    return Ldap(settings_in(Path("/"), controller.settings()), lambda: NOW)


def test_somebody_signs_in_by_any_of_their_names_and_is_one_by_their_guid(
    directory: Ldap, forest: Forest
) -> None:
    key = forest.add("alma", PASSWORD)

    typed = ("alma", "ALMA", "alma@region.example", "REGION\\alma")
    found = [directory.authenticate(name, PASSWORD) for name in typed]

    assert {one.key for one in found} == {key}
    assert {one.login for one in found} == {"alma"}
    assert directory.authenticate("alma", "fel") is None
    assert directory.authenticate("gun", PASSWORD) is None
    assert directory.look(key).key == key
    assert directory.everybody([key]).keys() == {key}


def test_groups_in_groups_are_followed_by_the_servers_own_rule(
    directory: Ldap, forest: Forest
) -> None:
    key = forest.add("alma", PASSWORD)
    inner = forest.add_group("inner", forest.dn("alma"))
    outer = forest.add_group("outer", forest.dn("inner"))
    forest.add_group("another", f"CN=Gun,{BASE}")

    assert directory.authenticate("alma", PASSWORD).groups == {inner, outer}
    assert directory.look(key).groups == {inner, outer}
    assert {one.key for one in directory.members(outer).values()} == {key}


def test_a_group_whose_members_are_told_in_parts_is_known_whole(
    directory: Ldap, forest: Forest
) -> None:
    # F17: past 1,500 members; here past three
    keys = {forest.add(f"eva{n}") for n in range(10)}
    large = forest.add_group("large", *(forest.dn(f"eva{n}") for n in range(10)))

    assert directory.members(large).keys() == keys


def test_a_group_that_is_told_in_part_and_no_further_is_not_taken_for_whole(
    directory: Ldap, forest: Forest
) -> None:
    # F17
    names = [f"eva{n}" for n in range(10)]
    for name in names:
        forest.add(name)
    large = forest.add_group("large", *map(forest.dn, names))
    forest.busy_at = 3  # after the group and the second part of its members

    with pytest.raises(Silent):
        directory.members(large)


def test_more_than_a_page_is_fetched_page_by_page(directory: Ldap, forest: Forest) -> None:
    forest.page = 4
    keys = {forest.add(f"eva{n}") for n in range(11)}

    assert directory.everybody(keys).keys() == keys


def test_computers_contacts_and_people_of_other_domains_are_nobody(
    directory: Ldap, forest: Forest
) -> None:
    key = forest.add("alma", PASSWORD)
    forest.add_computer("PC01")
    forest.add_contact("Gun")
    elsewhere = "CN=Bo,OU=Staff,DC=other,DC=example"
    foreign = f"CN=S-1-5-21-1,CN=ForeignSecurityPrincipals,{BASE}"
    members = (forest.dn("PC01"), elsewhere, foreign, forest.dn("Gun"), forest.dn("alma"))
    mixed = forest.add_group("mixed", *members)

    assert directory.members(mixed).keys() == {key}
    assert directory.authenticate("PC01$", "") is None
    assert directory.named("PC01$") is None


@pytest.mark.parametrize(
    ("values", "presence"),
    [
        ({"userAccountControl": 512}, Presence.HERE),
        ({"userAccountControl": 0x10200}, Presence.HERE),  # whose password never ends
        ({"userAccountControl": 514}, Presence.LEFT),
        ({"userAccountControl": -2147483646}, Presence.LEFT),  # it is a signed number
        ({"accountExpires": 0}, Presence.HERE),
        ({"accountExpires": 9223372036854775807}, Presence.HERE),
        ({"accountExpires": 9223372036854775806}, Presence.HERE),  # past the year 9999
        ({"accountExpires": 134_081_568_000_000_000}, Presence.LEFT),  # 2025-11-20
        ({"accountExpires": 134_500_000_000_000_000}, Presence.HERE),
        ({"accountExpires": "never"}, Presence.HERE),
        ({"msDS-User-Account-Control-Computed": 0x10}, Presence.LOCKED),
        ({"msDS-User-Account-Control-Computed": 0x800000}, Presence.HERE),  # an old password
    ],
    ids=str,
)
def test_whether_an_account_is_open(
    directory: Ldap, forest: Forest, values: dict[str, object], presence: Presence
) -> None:
    forest.add("alma", **values)

    assert directory.named("alma").presence is presence


def test_a_name_that_two_have_in_two_attributes_lets_nobody_in(
    directory: Ldap, forest: Forest, caplog: pytest.LogCaptureFixture
) -> None:
    forest.add("alma", PASSWORD)
    forest.add("birgit", PASSWORD, userPrincipalName="alma")

    assert directory.authenticate("alma", PASSWORD) is None
    assert "several" in caplog.text
