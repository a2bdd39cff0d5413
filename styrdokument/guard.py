"""May this push enter? The hook of the record's repository asks; the answer is the exit code.

No push may enter yet: drafts are written in the browser, and `main` by the service alone. Whatever
else goes wrong here must also end in a refusal.
"""

import sys

from styrdokument.words import LANGUAGES, Words


def main() -> int:
    """Refuse, in every language."""
    for language in LANGUAGES:
        sys.stderr.write(f"{Words(language).say('guard.closed')}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
