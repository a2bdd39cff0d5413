"""How the kinds of LDAP servers name the same things.

All that follows from the kind of server stands here; what an administrator sets is in `settings`.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a kind of server calls things; `login` and `name` are the first that are filled in.

    `nested` is the rule that follows groups in groups by itself, where the server has it. Where
    it `has_domains`, people may type one in front of their login, and a backslash between.
    """

    people: str
    key: str
    login: tuple[str, ...]
    name: tuple[str, ...]
    unit: tuple[str, ...]
    standing: tuple[str, ...]
    members: tuple[str, ...]
    in_filter: Callable[[str], str]
    nested: str = ""
    has_domains: bool = False


def _escaped_bytes(key: str) -> str:
    """An `objectGUID` as a filter takes it: its bytes, the first three groups turned about."""
    return "".join(f"\\{byte:02x}" for byte in uuid.UUID(key).bytes_le)


KINDS: Mapping[str, Kind] = {
    "openldap": Kind(
        people="(&(objectClass=person)(uid={login}))",
        key="entryUUID",
        login=("uid",),
        name=("displayName", "cn"),
        unit=("departmentNumber", "ou"),
        standing=("pwdAccountLockedTime", "pwdEndTime", "shadowExpire", "nsAccountLock"),
        members=("member", "uniqueMember"),
        in_filter=lambda key: str(uuid.UUID(key)),
    ),
    "active_directory": Kind(
        people=(
            "(&(objectClass=user)(!(objectClass=computer))"
            "(|(sAMAccountName={login})(userPrincipalName={login})))"
        ),
        key="objectGUID",
        login=("sAMAccountName",),
        name=("displayName", "cn"),
        unit=("department",),
        standing=(
            "userAccountControl",
            "accountExpires",
            "msDS-User-Account-Control-Computed",
        ),
        members=("member",),
        in_filter=_escaped_bytes,
        nested="1.2.840.113556.1.4.1941",
        has_domains=True,
    ),
}
