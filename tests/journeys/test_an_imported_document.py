"""A library from elsewhere is taken in, and one of its documents gets its first version here.

Tried on a small library of our own, and on real documents from `../shared/data` where they are.
"""

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Served, command, press, unfold
from tests.journeys.test_a_revision import adopt, approve, open_revision, submit, write

DATA = Path(__file__).parents[3] / "shared" / "data" / "digg-opensource-docs.bundle"
MAP = """defaults:
  type: {type}
  unit: medicinkliniken
  audience: public
  case_officer: alma
  fact_owner: frans
  reviewers: [birgit, cecilia]
  adopter: [{adopter}]
"""
ROUTINE = """# Rengöring av våg

## Syfte

Vågen ska vara ren.

## Ansvar

Undersköterskan.

## Genomförande

Torka med {}.
"""
Visit = Callable[[str], Page]


def a_library(folder: Path) -> Path:
    """A repository with one routine in two versions, made by git itself."""
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@invalid", "-C", str(folder)]
    folder.mkdir()
    subprocess.run([*git, "init", "-q"], check=True)
    for cloth in ("vatten", "ytdesinfektion"):
        (folder / "vag.md").write_text(ROUTINE.format(cloth), "utf-8")
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-q", "-m", cloth], check=True)
    return folder


def take_in(served: Served, source: Path, docs: str, map_: str) -> None:
    """Import, as an administrator would while the region is served."""
    path = served.data.parent / "map.yaml"
    path.write_text(map_, "utf-8")
    words = ("import", "git", str(source), "--docs", docs, "--map", str(path), "--by", "karin")
    done = command(*words, data=served.data)
    assert done.returncode == 0, done.stdout + done.stderr


def expired(served: Served, wanted: str) -> int:
    """The document with that title: what is imported is due at once."""
    address = f"{served.address}/documents.json?standing=all"
    documents = []
    while address:
        with urllib.request.urlopen(address) as answer:
            page = json.load(answer)
        documents += page["documents"]
        address = page["next"] and f"{served.address}{page['next']}"
    return int(next(d["id"] for d in documents if d["title"] == wanted))


def revise_to_the_end(visit: Visit, document: int) -> None:
    """Revised, returned, resubmitted, approved and adopted, each by whose turn it is."""
    alma, birgit = visit("alma"), visit("birgit")
    case = open_revision(alma, document)
    write(alma, case, document, "En mening till.")
    submit(alma, case, "En mening till.")
    birgit.goto(case)
    unfold(birgit, f"{case}/returns")
    birgit.locator(f'form[action="{case}/returns"] [name=reason]').fill("Vilken mening?")
    press(birgit, f"{case}/returns")
    write(alma, case, document, "Den meningen.")
    submit(alma, case, "Två meningar till.")
    approve(birgit, case)
    approve(visit("cecilia"), case)
    adopt(visit("dag"), case)

    reader = visit("")
    reader.goto(f"/documents/{document}")
    expect(reader.locator("main [data-standing=in_force]").first).to_be_visible()
    assert "Den meningen." in reader.content()


def test_a_routine_of_another_library_is_revised_here(
    served: Served, visit: Visit, tmp_path: Path
) -> None:
    library = a_library(tmp_path / "library")
    take_in(served, library, "*.md", MAP.format(type="routine", adopter="verksamhetschef-medicin"))
    document = expired(served, "Rengöring av våg")
    reader = visit("")
    reader.goto(f"/documents/{document}")
    expect(reader.locator("main", has_text="Överförd, ej granskad här")).to_be_visible()

    revise_to_the_end(visit, document)


def test_a_real_document_is_revised_here(served: Served, visit: Visit) -> None:
    if not DATA.exists() and os.environ.get("CI") != "true":
        print("left out: no real documents beside the repository")  # noqa: T201
        return
    decider = MAP.format(type="guideline", adopter="halso-och-sjukvardsdirektor")
    take_in(served, DATA, "content/sv/**/*.md", decider)
    with urllib.request.urlopen(f"{served.address}/documents.json?standing=all&q=licens") as answer:
        imported = [d for d in json.load(answer)["documents"] if d["id"] > 1052]

    revise_to_the_end(visit, int(imported[0]["id"]))
