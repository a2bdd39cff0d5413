"""Reports of imports: for controllers and administrators, with what there is to correct."""

import csv
import io
import re

import pytest

from styrdokument.actions import importing
from styrdokument.actions.imports.report import Outcome
from styrdokument.store.reports import Reports
from tests.actions.foreign import Foreign
from tests.cast import NOON
from tests.views import library

ENDINGS = ("", ".json", ".csv")
OWNED = "---\nowner: {}\n---\n\n# {}\n\n[borta](borta.md) {}\n"


@pytest.fixture
def reports(region, tmp_path):
    """Two runs, a trial and the import: four documents, one refused."""
    source = Foreign(tmp_path / "rutiner")
    source.commit(
        {
            "a.md": OWNED.format("Anna Ek", "A", ""),
            "b.md": "# Samma\n",
            "c.md": "# Samma\n",
            "d.md": b"\0",
        }
    )
    karin = library.actor(region.house, region.ids, "karin")
    map_ = b"fields: {fact_owner: owner}\nstagger: 6\n"
    mapping = importing.read_map(region.house, karin, map_)
    names = []
    for dry_run in (True, False):
        report = importing.import_git(
            region.house, karin, source.path, docs="*.md", mapping=mapping, dry_run=dry_run
        )
        names.append(importing.file_report(region.house, report))
    return names


@pytest.fixture
def karin(visit, sign_in):
    """A browser where Karin, the controller, is signed in."""
    return sign_in(visit(), "karin")


def test_only_controllers_and_administrators_see_reports(region, reports, visit, sign_in):
    add = region.house.accounts.add
    add("admin", name="Administratör", password=library.PASSWORD, at=NOON, is_admin=True)
    addresses = [f"/imports{end}" for end in ("", *(f"/{reports[1]}{e}" for e in ENDINGS))]
    expected = {"karin": 200, "admin": 200, "alma": 403, "arvid": 403, "": 401}
    for login, status in expected.items():
        client = sign_in(visit(), login) if login else visit()
        assert {client.get(address).status_code for address in addresses} == {status}, login
        links = [b'href="/imports"' in client.get(a).data for a in ("/tasks", "/overview")]
        assert any(links) is (status == 200)


def test_the_list_tells_every_run_newest_first_and_which_was_a_trial(reports, karin):
    page = karin.get("/imports").get_data(as_text=True)
    rows = re.findall(r'href="/imports/([^"]+)">rutiner</a>(.*?)</tr>', page, re.DOTALL)
    assert [name for name, _ in rows] == sorted(reports, reverse=True)
    assert ["Provkörning" in rest for _, rest in rows] == ["dry-run" in name for name, _ in rows]


def test_a_report_tells_what_became_of_each_and_what_to_correct(reports, karin):
    page = karin.get(f"/imports/{reports[1]}").get_data(as_text=True)
    outcomes = re.findall(r'data-outcome="(\w+)"', page)
    assert outcomes == ["refused", "imported_with_remarks", "imported", "imported"]
    assert "Länken leder ingenstans: borta.md" in page
    assert "Filen är inte en textfil" in page
    assert "b.md, c.md" in page
    assert "&#34;Anna Ek&#34;: &#34;&#34;" in page
    assert page.count("planerad översyn") == 3


def test_a_trial_links_to_no_document(reports, karin):
    page = karin.get(f"/imports/{reports[0]}").get_data(as_text=True)
    assert "ingenting togs in" in page
    assert 'href="/documents/' not in page.partition("<main")[2]


def test_a_report_is_narrowed_to_an_outcome(reports, karin):
    address = f"/imports/{reports[1]}"
    page = karin.get(f"{address}?outcome=refused").get_data(as_text=True)
    assert re.findall(r'data-outcome="(\w+)"', page) == ["refused"]
    found = karin.get(f"{address}.json?outcome=imported").get_json()
    assert [one["path"] for one in found["documents"]] == ["b.md", "c.md"]
    lines = karin.get(f"{address}.csv?outcome=refused").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(lines.removeprefix("\ufeff"))))
    assert [(row["path"], row["outcome"], row["document"]) for row in rows] == [
        ("d.md", "refused", "")
    ]
    assert karin.get(f"{address}?outcome=odd").status_code == 422


@pytest.mark.parametrize(
    "name", ["nope", "20260101-000000-x", "..%2Fjournal", "20260101-000000-.."]
)
def test_what_is_no_report_is_not_found(karin, name):
    for ending in ("", ".json", ".csv"):
        assert karin.get(f"/imports/{name}{ending}").status_code == 404


def test_before_any_import_the_list_says_so(karin):
    assert "Ingen import har gjorts än" in karin.get("/imports").get_data(as_text=True)


def test_a_remark_that_is_no_longer_known_is_named(region, karin):
    report = {
        "repository": "x",
        "commit": "0" * 40,
        "dry_run": False,
        "versions": 0,
        "removed": 0,
        "counts": dict.fromkeys(map(str, Outcome), 0),
        "copies": [],
        "owners": [],
        "dead_links": [],
        "documents": [],
        "at": NOON.isoformat(),
        "remarks": [{"rule": "of_old", "values": {}}],
    }
    name = Reports(region.house.data).put(report, about="../Å x", at=NOON)
    assert name.endswith("-x")
    assert "of_old" in karin.get(f"/imports/{name}").get_data(as_text=True)
