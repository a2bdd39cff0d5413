"""An import that is killed, or fills the disk, did all or nothing, and can be taken up again."""

import errno
import os
import subprocess

import pytest

from styrdokument.actions import importing
from styrdokument.actions.verifying import verify_house
from tests.actions import small
from tests.actions.foreign import Foreign
from tests.actions.kills import check_repository, houses_after_each_kill
from tests.databases import Databases
from tests.views.library import close

CONTROLLER = """samordnare:
  label: {{sv: Dokumentsamordnare}}
  holders: [{{person: {alma}}}]
  grants: [controller]
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A region with nothing in it, and a source of two documents that name each other."""
    base = tmp_path_factory.mktemp("stopped")
    (base / "data").mkdir()
    ids = small.build(base / "data", CONTROLLER)
    subprocess.run(["git", "gc", "-q"], cwd=base / "data" / "record.git", check=True)
    source = Foreign(base / "rutiner")
    source.commit({"a.md": "# A\n\n[b](b.md)\n", "b.md": "# B\n"}, on="2022-01-01")
    source.commit({"a.md": "# A\n\n[b](b.md) och mer\n"}, on="2023-01-01")
    return base / "data", source.path, ids


def importer(begun):
    _, source, ids = begun

    def deed(house):
        alma = small.actor(house, ids, "alma")
        mapping = importing.read_map(house, alma, b"stagger: 6\n")
        report = importing.import_git(house, alma, source, docs="*.md", mapping=mapping)
        importing.file_report(house, report)

    return deed


def library_of(house):
    """All that came in, less the numbers: a stopped run may have used some up."""
    rows = house.catalogue.latest_changes(on=house.today, internal=True, count=99)
    numbers = {row["document"]: row["title"] for row in rows}
    found = {}
    for document, title in numbers.items():
        made = [filed.decision for filed in house.record.decisions_of(document)]
        body = house.matters.sheet(document, house.record.files_of(document)).body
        for number, name in numbers.items():
            body = body.replace(f"/documents/{number}", f"/documents/{name}")
        days = [(d.version, d.effective_from, d.valid_until, d.review_on) for d in made]
        found[title] = days, body
    return found


WHOLE_BODY = "# A\n\n[b](/documents/B) och mer\n"


@pytest.mark.slow
def test_a_kill_at_any_write_leaves_all_or_nothing_and_the_rest_can_be_taken_up(begun, tmp_path):
    deed, outcomes, ends = importer(begun), [], []
    kills = {"every": 3, "least": 60}
    for house in houses_after_each_kill(Databases(None), begun[0], tmp_path, deed, **kills):
        check_repository(house)
        outcomes.append(len(library_of(house)))
        deed(house)
        ends.append(library_of(house))
        assert verify_house(house).findings == ()
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {0, 2}
    assert all(end == ends[-1] for end in ends)
    assert ends[-1]["A"][1] == WHOLE_BODY


def test_a_disk_that_fills_leaves_nothing_and_the_import_can_be_taken_up(
    begun, tmp_path, monkeypatch
):
    deed, number, is_stopped = importer(begun), 0, True
    while is_stopped:
        number += 1
        copy = tmp_path / str(number)
        subprocess.run(["cp", "-r", begun[0], copy], check=True)
        house = small.house_of(copy)
        head = house.record.head
        is_stopped = _fails(house, deed, number, monkeypatch)
        came_in = house.record.head != head
        house.index.catch_up()
        assert len(library_of(house)) == (2 if came_in else 0)
        deed(house)
        assert library_of(house)["A"][1] == WHOLE_BODY
        assert len(library_of(house)) == 2
        assert verify_house(house).findings == ()
        check_repository(house)
        close(house)
    assert number > 5


def _fails(house, deed, number, monkeypatch):
    """Whether the deed met a full disk at its n-th write."""
    left = number

    def full(call):
        def write(*arguments, **named):
            nonlocal left
            left -= 1
            if left <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return call(*arguments, **named)

        return write

    with monkeypatch.context() as patched:
        for name in ("write", "mkdir", "link"):
            patched.setattr(os, name, full(getattr(os, name)))
        try:
            deed(house)
        except OSError as error:
            return error.errno == errno.ENOSPC
    return False
