"""How long imported texts hold: as the source says, else due at once, else by a plan (rule 26)."""

from datetime import date

import pytest

from styrdokument.actions.importing import read_map
from styrdokument.actions.verifying import verify_house
from styrdokument.domain.problems import Refused
from styrdokument.domain.validity import Standing
from tests.actions.foreign import bring_in, person, row, rules
from tests.cast import TODAY


def newest(house, document):
    return house.record.decisions_of(document)[-1].decision


def standing(house, document, *, on=TODAY):
    return house.catalogue.shown(document, on=on)["standing"]


def head(**fields):
    lines = "".join(f"{key}: {value}\n" for key, value in fields.items())
    return f"---\n{lines}---\n\n# Rubrik\n"


def test_a_review_and_its_period_give_the_day_of_review(house, source):
    source.commit({"a.md": head(last_reviewed_on="2026-08-31", review_in="6 months")})
    map_ = "fields: {reviewed_on: last_reviewed_on, review_in: review_in}\n"
    found = row(bring_in(house, source.path, map_=map_), "a.md")
    decision = newest(house, found.document)
    assert (decision.valid_until, decision.review_on) == (None, date(2027, 2, 28))
    assert decision.facts == ()
    assert standing(house, found.document) == Standing.IN_FORCE
    assert standing(house, found.document, on=date(2026, 12, 1)) == Standing.DUE


def test_a_period_of_validity_gives_the_last_day(house, source):
    source.commit({"a.md": head(giltig_från="den 1 mars 2024", tid="2 år")}, on="2024-05-05")
    map_ = "fields: {effective_from: giltig_från, valid_for: tid}\n"
    found = row(bring_in(house, source.path, map_=map_), "a.md")
    decision = newest(house, found.document)
    assert decision.effective_from == date(2024, 3, 1)
    assert decision.valid_until == date(2026, 3, 1)
    assert standing(house, found.document) == Standing.EXPIRED


def test_until_further_notice_is_due_at_once_and_never_expires(house, source):
    source.commit({"a.md": head(till="Tills vidare")})
    found = row(bring_in(house, source.path, map_="fields: {valid_until: till}\n"), "a.md")
    assert rules(found) == set()
    assert {standing(house, found.document, on=day) for day in (TODAY, date(2040, 1, 1))} == {"due"}


def test_the_first_key_that_says_something_counts(house, source):
    source.commit(
        {
            "a.md": head(utfärdad="2020-02-02"),
            "b.md": head(ikraft="2021-03-03", utfärdad="2020-02-02"),
        }
    )
    map_ = "fields: {effective_from: [ikraft, utfärdad]}\n"
    report = bring_in(house, source.path, map_=map_)
    days = {one.path: newest(house, one.document).effective_from for one in report.rows}
    assert days == {"a.md": date(2020, 2, 2), "b.md": date(2021, 3, 3)}


def test_a_staggered_library_is_due_at_once_and_does_not_expire_on_one_day(house, source):
    for number in range(8):
        source.commit({f"{number}.md": f"# Dokument {number}\n"}, on=f"20{24 - number}-01-01")
    source.commit({"sagt.md": head(till="2027-01-01")})
    map_ = "fields: {valid_until: till}\nstagger: 24\n"
    report = bring_in(house, source.path, map_=map_)
    planned = sorted((one for one in report.rows if one.is_planned), key=lambda one: one.review_on)
    assert [one.path for one in planned] == [f"{number}.md" for number in range(7, -1, -1)]
    assert len({one.review_on for one in planned}) == 8
    assert planned[-1].review_on == date(2028, 11, 21)
    assert {one.valid_until for one in planned} == {None}
    for one in planned:
        days = (one.effective_from, TODAY, date(2035, 1, 1))
        assert {standing(house, one.document, on=day) for day in days} == {"due"}
        assert newest(house, one.document).facts == (
            {"remark": "review_planned", "day": one.review_on.isoformat()},
        )
    said = row(report, "sagt.md")
    assert (said.valid_until, said.review_on, said.is_planned) == (date(2027, 1, 1), None, False)
    assert not verify_house(house).findings
    rows = list(house.index.dump())
    house.index.rebuild()
    assert list(house.index.dump()) == rows


def test_the_plan_is_the_same_when_it_is_tried_first(house, source):
    source.commit({"a.md": "# A\n", "b.md": "# B\n"})
    plans = [
        [(one.path, one.review_on) for one in bring_in(house, source.path, **how).rows]
        for how in ({"map_": "stagger: 6\n", "dry_run": True}, {"map_": "stagger: 6\n"})
    ]
    assert plans[0] == plans[1]


def test_heads_too_deep_or_large_are_read_and_stand_in_the_text(house, source):
    deep = "---\ntitle: A\nrelated:\n  x:\n    - y:\n        - z: 1\n---\n\nText.\n"
    big = "---\ntitle: B\n" + "".join(f"k{n}: {'x' * 400}\n" for n in range(60)) + "---\n\nText.\n"
    odd = "---\ntitle: C\nday: 2021-02-30\n---\n\nText.\n"
    source.commit({"a.md": deep, "b.md": big, "c.md": odd})
    report = bring_in(house, source.path)
    assert [one.title for one in report.rows] == ["A", "B", "C"]
    assert [rules(one) for one in report.rows] == [{"fields_as_text"}, {"fields_as_text"}, set()]
    sheets = [
        house.matters.sheet(r.document, house.record.files_of(r.document)) for r in report.rows
    ]
    assert sheets[0].body == '```yaml\nrelated:\n  x:\n    - "y":\n        - z: "1"\n```\n\nText.\n'
    assert sheets[2].fields.others == {"day": "2021-02-30"}
    assert [one.problems for one in sheets] == [(), (), ()]


def test_a_map_with_wrong_keys_names_each_with_its_line(house, source):
    source.commit({"a.md": "# A\n"})
    map_ = (
        "owners:\n  Anna Ek: nobody\nunits:\n  IVA: nowhere\nstagger: många\ncopies: both\n"
        "twins:\n  colour: x\nfolders:\n  x:\n    shape: y\nfields:\n  valid_for: [[a]]\n"
    )
    with pytest.raises(Refused) as caught:
        read_map(house, person(house, "karin"), map_.encode())
    found = {(p.values["key"], p.rule, p.line) for p in caught.value.problems}
    assert found == {
        ("owners.Anna Ek", "unlisted", 2),
        ("units.IVA", "unlisted", 4),
        ("stagger", "months", 5),
        ("copies", "one_or_each", 6),
        ("twins.colour", "unknown_key", 8),
        ("folders.x.shape", "unknown_key", 11),
        ("fields.valid_for", "shape", 13),
    }
