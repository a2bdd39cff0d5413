"""What ties imported documents: links, files beside them, two languages, copies, their owners."""

import pytest

from styrdokument.actions.imports.report import Outcome
from styrdokument.actions.imports.spelling import as_map
from styrdokument.actions.verifying import verify_house
from tests.actions.foreign import bring_in, person, row, rules
from tests.cast import TODAY

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"
LONG = "".join(f"Rad {n} om hur vi gör på avdelningen.\n" for n in range(30))


def sheet(house, document):
    return house.matters.sheet(document, house.record.files_of(document))


def body(house, document):
    return sheet(house, document).body


def decisions(house, document):
    return [filed.decision for filed in house.record.decisions_of(document)]


def targets(report):
    return {one["target"] for one in report.as_json()["dead_links"]}


# links


def test_links_between_documents_lead_to_ids_and_keep_their_anchors(house, source):
    text = "# A\n\n[b](sub/b.md#syfte) [b](./sub/b) [b][x] `[b](sub/b.md)`\n\n[x]: <sub/b.md>\n"
    source.commit({"a.md": text, "sub/b.md": "# B\n\n[a](../a.md) [a](/a.md?x=1#y)\n"})
    report = bring_in(house, source.path, "**/*.md")
    a, b = (row(report, path).document for path in ("a.md", "sub/b.md"))
    assert body(house, a) == (
        f"# A\n\n[b](/documents/{b}#syfte) [b](/documents/{b}) [b][x] `[b](sub/b.md)`\n\n"
        f"[x]: </documents/{b}>\n"
    )
    assert body(house, b) == f"# B\n\n[a](/documents/{a}) [a](/documents/{a}#y)\n"
    assert report.as_json()["dead_links"] == []
    assert not verify_house(house).findings


def test_links_to_the_sources_own_site_lead_to_ids(house, source):
    text = (
        "---\nredirect_from: [/gammal/adress]\n---\n\n# A\n\n"
        "[1](https://exempel.se/sv/b/) [2](/sv/b#x) [3](/gammal/adress) [4](/annat/e)\n"
        "[5](https://annan.se/sv/b) [6](/sv/nej)\n"
    )
    source.commit({"docs/a.md": text, "docs/b/index.md": "# B\n"})
    map_ = (
        "fields: {former_ids: redirect_from}\n"
        "links:\n  https://exempel.se/sv: docs\n  /sv: docs\n  /: https://exempel.se\n"
    )
    report = bring_in(house, source.path, "docs/", map_=map_)
    a, b = (row(report, path).document for path in ("docs/a.md", "docs/b/index.md"))
    assert body(house, a) == (
        f"# A\n\n[1](/documents/{b}) [2](/documents/{b}#x) [3](/documents/{a}) "
        "[4](https://exempel.se/annat/e)\n[5](https://annan.se/sv/b) [6](/sv/nej)\n"
    )
    assert targets(report) == {"/sv/nej"}


def test_links_are_followed_as_the_site_has_its_pages(house, source):
    source.commit(
        {
            "sv/lista/hand.md": "# H\n\n[s](../smitta/) [o](../../om/) [l](..) [f](smitta.html)\n",
            "sv/lista/smitta.md": "# S\n",
            "sv/lista/_index.md": "# L\n\n[s](smitta/)\n",
            "sv/om.md": "# O\n",
        }
    )
    report = bring_in(house, source.path, "sv/")
    ids = {one.path.rpartition("/")[2]: one.document for one in report.rows}
    s, o, i = ids["smitta.md"], ids["om.md"], ids["_index.md"]
    assert body(house, ids["hand.md"]) == (
        f"# H\n\n[s](/documents/{s}) [o](/documents/{o}) [l](/documents/{i}) [f](/documents/{s})\n"
    )
    assert body(house, i) == f"# L\n\n[s](/documents/{s})\n"


def test_dead_links_are_listed_and_left_as_they_stood(house, source):
    source.commit({"a.md": "# A\n\n[b](b.md) [c](../utanför.md) [d](mailto:x@y.se) [e](#här)\n"})
    report = bring_in(house, source.path)
    assert targets(report) == {"b.md", "../utanför.md"}
    assert body(house, row(report, "a.md").document).endswith(
        "[b](b.md) [c](../utanför.md) [d](mailto:x@y.se) [e](#här)\n"
    )


def test_a_link_to_a_document_that_was_refused_stays_as_it_stood(house, source):
    source.commit({"a.md": "# A\n\n[b](b.md)\n", "b.md": b"\0"})
    report = bring_in(house, source.path)
    assert row(report, "b.md").outcome is Outcome.REFUSED
    assert body(house, row(report, "a.md").document) == "# A\n\n[b](b.md)\n"
    assert targets(report) == {"b.md"}


def test_a_link_that_only_follows_a_move_makes_no_version(house, source):
    source.commit({"a.md": "# A\n\n[b](b.md)\n", "b.md": f"# B\n\n{LONG}"}, on="2022-01-01")
    source.move("b.md", "sub/b.md")
    source.commit({"a.md": "# A\n\n[b](sub/b.md)\n"}, on="2022-02-01")
    assert row(bring_in(house, source.path, "**/*.md"), "a.md").versions == 1


def test_a_new_text_links_to_what_came_in_before(house, source):
    source.commit({"a.md": "# A\n"})
    a = row(bring_in(house, source.path), "a.md").document
    source.commit({"b.md": "# B\n\n[a](a.md)\n"})
    b = row(bring_in(house, source.path), "b.md").document
    assert body(house, b) == f"# B\n\n[a](/documents/{a})\n"


# files beside


def test_pictures_and_appendices_come_along(house, source):
    text = "# A\n\n![Karta](bilder/karta.PNG) [tabell](</files/en tabell.csv>)\n"
    source.commit({"docs/a.md": text, "docs/bilder/karta.PNG": PNG, "files/en tabell.csv": "a,b\n"})
    report = bring_in(house, source.path, "docs/*.md")
    found = row(report, "docs/a.md")
    assert found.outcome is Outcome.IMPORTED
    files = house.record.files_of(found.document)
    assert sorted(files) == ["en tabell.csv", "karta.png", "roles.yaml", "text.md"]
    assert house.git.blob(files["karta.png"]) == PNG
    assert "![Karta](karta.png) [tabell](<en%20tabell.csv>)" in body(house, found.document)
    assert not verify_house(house).findings


def test_files_of_the_same_name_are_kept_apart(house, source):
    text = "# A\n\n![1](x/bild.png) ![2](y/bild.png) ![1](x/bild.png)\n"
    source.commit({"a.md": text, "x/bild.png": PNG, "y/bild.png": PNG + b"2"})
    found = row(bring_in(house, source.path), "a.md")
    assert body(house, found.document) == "# A\n\n![1](bild.png) ![2](bild-2.png) ![1](bild.png)\n"


def test_files_that_may_not_be_appendices_are_named(house, source):
    text = "# A\n\n![1](a.svg) ![2](b.png) [3](c.exe) [4](d.pdf)\n"
    evil = "<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>"
    source.commit({"a.md": text, "a.svg": evil, "b.png": "text", "c.exe": "x", "d.pdf": "%PDF-1"})
    report = bring_in(house, source.path)
    found = row(report, "a.md")
    refused = {r.values["name"]: r.values["reason"] for r in found.remarks if r.rule[0] == "a"}
    assert refused == {"a.svg": "active_svg", "b.png": "wrong_type"}
    assert targets(report) == {"c.exe"}
    assert sheet(house, found.document).appendices == ("d.pdf",)


def test_each_version_has_the_files_that_it_had_then(house, source):
    source.commit({"a.md": "# A\n\n![1](x.png)\n", "x.png": PNG}, on="2022-01-01")
    source.commit({"a.md": "# A\n\n![2](x.png)\n", "x.png": PNG + b"2"}, on="2022-02-01")
    source.commit({"a.md": "# A\n"}, on="2022-03-01")
    found = row(bring_in(house, source.path), "a.md")
    sizes = [
        [file.size for file in one.content if file.path == "x.png"]
        for one in decisions(house, found.document)
    ]
    assert sizes == [[len(PNG)], [len(PNG) + 1], []]
    assert sheet(house, found.document).appendices == ()


# two languages


def test_two_languages_of_one_document_are_tied_by_their_paths(house, source):
    source.commit(
        {
            "sv/om.md": "# Om\n",
            "en/about.md": "# About\n",
            "sv/x/a.md": "# A\n",
            "en/x/a.md": "# A\n",
            "sv/ensam.md": "# E\n",
        }
    )
    map_ = "language_by_folder: {en: en}\ntwins:\n  paths: {sv: en, sv/om.md: en/about.md}\n"
    report = bring_in(house, source.path, "**/*.md", map_=map_)
    ids = {one.path: one.document for one in report.rows}
    tied = {path: sheet(house, id_).fields.translations for path, id_ in ids.items()}
    assert tied == {
        "sv/om.md": (ids["en/about.md"],),
        "en/about.md": (ids["sv/om.md"],),
        "sv/x/a.md": (ids["en/x/a.md"],),
        "en/x/a.md": (ids["sv/x/a.md"],),
        "sv/ensam.md": (),
    }
    assert sheet(house, ids["sv/om.md"]).problems == ()


@pytest.mark.parametrize("how", ["endings: [sv, en]", "key: translationKey"])
def test_two_languages_are_tied_by_their_names_or_by_a_key(house, source, how):
    front = "---\ntranslationKey: om\n---\n\n# {}\n\n[sig](om)\n"
    source.commit({"om.sv.md": front.format("Om"), "om.en.md": front.format("About")})
    map_ = f"twins: {{{how}}}\nfolders: {{om.en.md: {{language: en}}}}\n"
    report = bring_in(house, source.path, map_=map_)
    sv, en = row(report, "om.sv.md").document, row(report, "om.en.md").document
    assert sheet(house, sv).fields.translations == (en,)
    assert (sheet(house, en).fields.translations, sheet(house, en).fields.language) == ((sv,), "en")


# copies


def copies(source):
    front = "---\nunit: {}\n---\n\n# Handhygien\n\nTvätta händerna.\n"
    return source.commit(
        {
            "iva/hand.md": front.format("Sjukhusvården"),
            "med/hand.md": front.format("Medicinkliniken"),
            "med/mat.md": "# Mat\n",
        }
    )


def test_exact_copies_are_told_of_and_taken_in_each_by_itself(house, source):
    copies(source)
    report = bring_in(house, source.path, "**/*.md", map_="fields: {unit: unit}\n")
    assert report.copies == (("iva/hand.md", "med/hand.md"),)
    assert len({one.document for one in report.rows}) == 3


def test_exact_copies_become_one_document_for_several_units_where_the_map_says_so(house, source):
    copies(source)
    map_ = "fields: {unit: unit}\ncopies: one\n"
    report = bring_in(house, source.path, "**/*.md", map_=map_)
    one, other = row(report, "iva/hand.md"), row(report, "med/hand.md")
    assert one.document == other.document
    assert rules(other) == {"one_with"}
    fields = sheet(house, one.document).fields
    assert fields.applies_to == ("sjukhusvarden", "medicinkliniken")
    assert house.catalogue.former("rutiner:med/hand.md") == one.document
    head = house.record.head
    again = bring_in(house, source.path, "**/*.md", map_=map_)
    assert {r.outcome for r in again.rows} == {Outcome.UNCHANGED}
    assert house.record.head == head


# owners


OWNERS = {
    "a.md": "Hygienläkare",
    "b.md": "hygien-läkare ",
    "c.md": "Dr. Birgit",
    "d.md": "Anna Ek, överläkare",
    "e.md": "ANNA  EK",
    "f.md": "Ek, Anna",
}


def test_spellings_of_owners_fold_to_a_table_to_correct(house, source):
    for name, owner in OWNERS.items():
        (source.path / name).write_text(f'---\nowner: "{owner}"\n---\n\n# {name}\n\n{name}\n')
    source.seal(on="2024-01-01")
    map_ = "fields: {fact_owner: owner}\n"
    report = bring_in(house, source.path, map_=map_, dry_run=True)
    table = {one.name: (sum(one.spellings.values()), one.entry) for one in report.owners}
    assert table == {
        "ANNA  EK".replace("  ", " "): (3, ""),
        "Dr. Birgit": (1, ""),
        "Hygienläkare": (1, "hygienlakare"),
        "hygien-läkare": (1, ""),
    }
    written = as_map(report.owners).replace('"ANNA EK": ""', '"ANNA EK": alma')
    written = written.replace('"Dr. Birgit": ""', '"Dr. Birgit": birgit')
    report = bring_in(house, source.path, map_=map_ + written)
    owner = {r.path: sheet(house, r.document).roles.fact_owner for r in report.rows}
    alma, birgit, karin = (person(house, who).id for who in ("alma", "birgit", "karin"))
    assert owner == dict(
        zip(OWNERS, ["hygienlakare", karin, birgit, alma, alma, alma], strict=True)
    )
    assert rules(row(report, "b.md")) == {"unknown_owner"}
    assert sheet(house, row(report, "d.md").document).fields.others["owner"] == OWNERS["d.md"]


def test_a_folder_may_have_its_own_unit_type_and_owner(house, source):
    source.commit({"x/a.md": "# A\n", "x/y/b.md": "# B\n", "c.md": "# C\n"})
    map_ = (
        "defaults: {unit: region, type: guideline}\n"
        "folders:\n  x: {unit: medicinkliniken, fact_owner: hygienlakare}\n  x/y: {type: routine}\n"
    )
    report = bring_in(house, source.path, "**/*.md", map_=map_)
    found = {
        one.path: (found.fields.type, found.roles.unit, found.fields.applies_to)
        for one in report.rows
        for found in (sheet(house, one.document),)
    }
    assert found == {
        "x/a.md": ("guideline", "medicinkliniken", ("medicinkliniken",)),
        "x/y/b.md": ("routine", "medicinkliniken", ("medicinkliniken",)),
        "c.md": ("guideline", "region", ("region",)),
    }


# template tags


def test_template_tags_are_shown_as_text_and_told_of(house, source):
    text = "# A\n\n<%= `id` %> {% include x %} {{ y }} {{< z >}}\n"
    source.commit({"a.md": text})
    found = row(bring_in(house, source.path), "a.md")
    (remark,) = found.remarks
    assert (remark.rule, remark.values["kinds"]) == (
        "template_tags",
        "ERB (1), Hugo (1), Liquid (2)",
    )
    assert body(house, found.document) == text
    page = house.texts.of(house.catalogue.shown(found.document, on=TODAY)).html
    assert "&lt;%= " in page
    assert "{% include x %} {{ y }} {{&lt; z &gt;}}" in page
