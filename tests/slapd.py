"""A directory of the tests' own: a real slapd on free ports of the loopback, gone when they end.

It is made to be as careless as a server may be: it takes empty passwords for anonymous ones, and
knows what Active Directory calls things, so that both kinds are asked of the same entries.

Whoever changes it: the server must end however the tests end, see `tests/postgres.py`.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ldap3

from tests import certificates

SUFFIX = "dc=region,dc=example"
PEOPLE, GROUPS = f"ou=people,{SUFFIX}", f"ou=groups,{SUFFIX}"
ADMIN, SERVICE = f"cn=admin,{SUFFIX}", f"cn=styrdokument,{SUFFIX}"
SECRET = "rotlösenord-för-prov"
PASSWORD = "Sommar-2026-är-här"
"""Everybody's, unless said otherwise."""
ATTRIBUTES = {
    "objectGUID": "octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40",
    "sAMAccountName": "caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15",
    "userPrincipalName": "caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15",
    "department": "caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15",
    "userAccountControl": "integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27",
    "accountExpires": "integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27",
    "msDS-User-Account-Control-Computed": "integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27",
    "shadowExpire": "integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27",
    "nsAccountLock": "caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15",
}
KEEP = """
"$@" </dev/null &
read -r word
[ "$word" = keep ] && kill -TERM $! || kill -KILL $!
wait $!
[ "$word" = keep ] || rm -rf "$FOLDER"
"""
"""Where no word ever comes, the tests were killed."""
CONFIGURATION = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
include {folder}/own.schema
allow bind_anon_cred bind_anon_dn
sizelimit {limit}
modulepath {modules}
moduleload back_mdb
moduleload ppolicy
{tls}
database mdb
suffix "{suffix}"
rootdn "{admin}"
rootpw "{secret}"
directory {folder}/data
maxsize 100000000
dbnosync
index objectClass,entryUUID,uid,member,objectGUID,sAMAccountName eq
limits dn.exact="{service}" size.soft={limit} size.hard={limit} size.prtotal={whole}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{service}" read by self read by anonymous auth
overlay ppolicy
ppolicy_default "cn=default,{suffix}"
"""


class Slapd:
    """A running server; entries are written as its administrator."""

    def __init__(self, *, limit: int = 500, whole: str = "unlimited", certificate: str = "good"):
        """`limit` entries to a search, `whole` to all its pages; no certificate: no TLS."""
        self.folder = Path(tempfile.mkdtemp(prefix="styrdokument-slapd-"))
        (self.folder / "data").mkdir()
        self.port, self.tls_port = free_port(), free_port()
        self.ca = certificates.authority(self.folder)
        program = find_program()
        root = program.parents[2]
        tls = certificates.server_settings(self.folder, certificate) if certificate else ""
        text = CONFIGURATION.format(
            schema=root / "etc/ldap/schema",
            modules=root / "usr/lib/ldap",
            folder=self.folder,
            tls=tls,
            limit=limit,
            whole=whole,
            suffix=SUFFIX,
            admin=ADMIN,
            service=SERVICE,
            secret=SECRET,
        )
        (self.folder / "own.schema").write_text(_schema())
        (self.folder / "slapd.conf").write_text(text)
        self._program, self._has_tls = program, bool(certificate)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        places = f"ldap://127.0.0.1:{self.port}/"
        if self._has_tls:
            places += f" ldaps://127.0.0.1:{self.tls_port}/"
        words = ["-f", str(self.folder / "slapd.conf"), "-h", places, "-d", "0"]
        with (self.folder / "log").open("a") as log:
            self._keeper = subprocess.Popen(
                ["sh", "-c", KEEP, "sh", str(self._program), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=dict(os.environ, FOLDER=str(self.folder)),
                start_new_session=True,
            )
        for _ in range(500):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Stop it; `start` starts it again, with what it held."""
        self._keeper.communicate(b"keep\n")

    def remove(self) -> None:
        """Stop it for good."""
        self._keeper.communicate()

    def reset(self) -> None:
        """Take everything away but the one who asks on the product's behalf."""
        with self.administer() as line:
            line.search(SUFFIX, "(objectClass=*)")
            for entry in sorted(line.response or (), key=lambda one: -len(one["dn"])):
                line.delete(entry["dn"])
            line.add(SUFFIX, ["dcObject", "organization"], {"o": "Region Exempel"})
            for name in (PEOPLE, GROUPS):
                line.add(name, "organizationalUnit")
            who = ["applicationProcess", "simpleSecurityObject"]
            line.add(SERVICE, who, {"userPassword": SECRET})
            policy = {"pwdAttribute": "userPassword", "pwdLockout": "TRUE", "pwdMaxFailure": 50}
            line.add(f"cn=default,{SUFFIX}", ["device", "pwdPolicy"], policy)

    @contextmanager
    def administer(self) -> Iterator[ldap3.Connection]:
        """A line of the administrator's."""
        server = ldap3.Server("127.0.0.1", self.port, get_info=ldap3.NONE)
        line = ldap3.Connection(server, ADMIN, SECRET, check_names=False, auto_referrals=False)
        assert line.bind(), line.result
        try:
            yield line
        finally:
            line.unbind()

    def add(self, login: str, **more: Any) -> str:
        """Add somebody; the immutable key that OpenLDAP gives them. `more` by attribute."""
        values = {
            "cn": login.capitalize(),
            "sn": login.capitalize(),
            "userPassword": PASSWORD,
            "mail": f"{login}@region.example",
            "sAMAccountName": login,
            "objectGUID": uuid.uuid4().bytes,
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        return self._add(f"uid={login},{PEOPLE}", ["inetOrgPerson", "user"], values)

    def add_group(self, name: str, *members: str) -> str:
        """Add a group of people and groups, by their names in the directory; its key."""
        values = {"member": list(members) or [SERVICE], "objectGUID": uuid.uuid4().bytes}
        return self._add(f"cn={name},{GROUPS}", ["groupOfNames", "group"], values)

    def change(self, dn: str, **values: Any) -> None:
        """Set attributes; an empty list takes one away."""
        with self.administer() as line:
            changes = {
                name.replace("_", "-"): [(ldap3.MODIFY_REPLACE, _listed(value))]
                for name, value in values.items()
            }
            assert line.modify(dn, changes, controls=[RELAX]), line.result

    def delete(self, dn: str) -> None:
        """Take an entry away."""
        with self.administer() as line:
            assert line.delete(dn), line.result

    def rename(self, dn: str, name: str) -> None:
        """Give an entry another name: it is still the same."""
        with self.administer() as line:
            assert line.modify_dn(dn, name), line.result

    def settings(self, **more: str) -> dict[str, str]:
        """What an administrator of the product would say of it."""
        return {
            "directory_kind": "openldap",
            "directory_servers": f"ldaps://localhost:{self.tls_port}",
            "directory_base": SUFFIX,
            "directory_user": SERVICE,
            "directory_password": SECRET,
            "directory_ca": str(self.ca),
            **{f"directory_{name}": value for name, value in more.items()},
        }

    def _add(self, dn: str, classes: list[str], values: Mapping[str, Any]) -> str:
        with self.administer() as line:
            assert line.add(dn, classes, values, controls=[RELAX]), line.result
            line.search(dn, "(objectClass=*)", ldap3.BASE, attributes=["entryUUID"])
            (key,) = line.response[0]["attributes"]["entryUUID"]
            return str(key)


RELAX = ("1.3.6.1.4.1.4203.666.5.12", True, None)
"""Lets an administrator write what only the server writes, as when an account was locked."""


def person(login: str) -> str:
    """Somebody's name in the directory."""
    return f"uid={login},{PEOPLE}"


def group(name: str) -> str:
    """A group's name in the directory."""
    return f"cn={name},{GROUPS}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def find_program() -> Path:
    """Where slapd is. Raises FileNotFoundError."""
    places = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"
    if found := shutil.which("slapd", path=places):
        return Path(found)
    raise FileNotFoundError("The tests need slapd. Install it (on Debian: apt-get install slapd).")


def _schema() -> str:
    described = "".join(
        f"attributetype ( 1.3.6.1.4.1.99999.1.{n} NAME '{name}' EQUALITY {rule} SINGLE-VALUE )\n"
        for n, (name, rule) in enumerate(ATTRIBUTES.items())
    )
    names = " $ ".join(ATTRIBUTES)
    classes = (
        f"objectclass ( 1.3.6.1.4.1.99999.2.{n} NAME '{name}' AUXILIARY MAY ( {names} ) )\n"
        for n, name in enumerate(("user", "group", "computer"))
    )
    return described + "".join(classes)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
