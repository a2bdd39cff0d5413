"""An address that mail can be sent to: one person's, and nothing else in its place.

What is typed, or comes from a directory, may hold anything. Whatever could be read as two
addresses, as a header or as a command of SMTP is no address at all.
"""

import re

LONGEST = 254
"""Characters of an address that every mail server takes (RFC 5321, 4.5.3.1)."""
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_LONGEST_LOCAL = 64


def mail_address(typed: str) -> str:
    """The address as it is sent, a host outside ASCII as IDNA; empty where it is none."""
    local, at, host = typed.strip(" ").rpartition("@")
    try:
        plain = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return ""
    fits = _LOCAL.fullmatch(local) and _HOST.fullmatch(plain) and len(local) <= _LONGEST_LOCAL
    whole = f"{local}{at}{plain}"
    return whole if fits and len(whole) <= LONGEST else ""
