"""Redlines of texts that nobody here wrote: consecutive versions in public histories.

They are read from `../shared/data`, beside the repository; where that is not, the test leaves
itself out with one printed line, but never in CI. `test_redline.py` covers the same ground.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from styrdokument.text.characters import clean
from styrdokument.text.markdown import render
from styrdokument.text.redline import Words, redline
from tests.text.redlines import assert_true

DATA = Path(__file__).parents[3] / "shared" / "data"
SOURCES = ("site-policy", "sfs-halsa", "digg-opensource-docs")
IS_HERE = DATA.is_dir() or os.environ.get("CI") == "true"
MOST = 12
"""Pairs of versions of each source, spread over its history."""
CHANGED = re.compile(r":\d+ \d+ (\w+) (\w+) M\t.*\.md$", re.MULTILINE)
FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES if IS_HERE else ("",))
def test_both_versions_of_a_real_text_can_be_had_back(name, tmp_path):
    if not name:
        print(f"left out: {DATA} is not here")  # noqa: T201 - the one printed line
        return
    repository = tmp_path / "source.git"
    git("clone", "-q", "--bare", DATA / f"{name}.bundle", repository)
    pairs = consecutive(repository)
    changes = 0
    for old, new in pairs[:: len(pairs) // MOST + 1]:
        pages = [render(body_of(repository, blob)) for blob in (old, new)]
        result = redline(*pages, words=Words(inserted="Tillagt:", deleted="Borttaget:"))
        assert_true(result, *pages)
        changes += len(result.changes)
    assert changes


def consecutive(repository):
    """The blobs of every text before and after a commit that changed it, each pair once."""
    log = ("log", "--all", "--raw", "--no-abbrev", "--no-merges", "--format=")
    return sorted(set(CHANGED.findall(git("-C", repository, *log))))


def body_of(repository, blob):
    return FRONT.sub("", clean(git("-C", repository, "cat-file", "blob", blob)))


def git(*arguments):
    run = subprocess.run(["git", *map(str, arguments)], check=True, capture_output=True)
    return run.stdout.decode("utf-8", "replace")
