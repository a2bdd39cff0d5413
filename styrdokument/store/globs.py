"""Which paths in a repository a pattern means, as a shell with `**` tells it.

`*` stays within a folder and `**` does not; a pattern without a slash is for names in any folder,
and one that ends in a slash for all below that folder.
"""

import re

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[[!^]?\]?[^\]/]*\]|.", re.DOTALL)
_SPELLED = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def pattern_of(glob: str) -> re.Pattern[str]:
    """The expression that a whole path has to match."""
    glob = glob.strip().removeprefix("./").lstrip("/")
    if glob.endswith("/"):
        glob += "**"
    elif "/" not in glob:
        glob = f"**/{glob}"
    return re.compile("".join(_spell(found[0]) for found in _TOKEN.finditer(glob)), re.DOTALL)


def _spell(token: str) -> str:
    if token.startswith("[") and len(token) > 1:
        negated = token[1] in "!^"
        inner = re.escape(token[1 + negated : -1]).replace(r"\-", "-")
        return f"(?!/)[{'^' if negated else ''}{inner}]"
    return _SPELLED.get(token) or re.escape(token)
