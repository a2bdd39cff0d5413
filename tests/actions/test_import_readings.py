"""What an import reads out of other people's words: days, periods, names, links in Markdown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.actions.imports.days import Period, is_until_further_notice, read_day, read_period
from styrdokument.actions.imports.linking import rewritten
from styrdokument.actions.imports.spelling import Spelled, as_map, fold, known_by, table_of
from styrdokument.actions.imports.terms import Said, Term, planned, read_said, term_of
from styrdokument.store import strictyaml
from styrdokument.text import markdown

NOVEMBER = date(2020, 11, 20)


@pytest.mark.parametrize(
    "text",
    [
        "2020-11-20",
        "[2020-11-20]",
        "(2020-11-20)",
        "2020\u201311\u201320",
        "2020\u201311--20",
        "2020-11-20T08:00:00Z",
        "20201120",
        "20 november 2020",
        "den 20 November 2020",
        "20 nov. 2020",
        "20th November 2020",
        "November 20, 2020",
    ],
)
def test_days_are_read_as_people_write_them(text):
    assert read_day(text) == NOVEMBER


@pytest.mark.parametrize(
    "text",
    ["", "[2021-XX-XX]", "2021-02-30", "03/04/2021", "2021", "november 2020", "20 foo 2020", "x"],
)
def test_what_is_no_day_or_more_than_one_is_not_read(text):
    assert read_day(text) is None


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%B %d, %Y"]))
def test_every_day_is_read_back(day, form):
    if day.year >= 1000:
        assert read_day(day.strftime(form)) == day


@given(st.text(max_size=40))
def test_any_words_are_read_or_not_and_never_an_error(text):
    read_day(text), read_period(text), is_until_further_notice(text), fold(text)


def test_periods_are_read_in_both_languages():
    said = {"6 months": 6, "12 månader": 12, "2 år": 24, "1 year": 12, "24": 24, "[3 mån]": 3}
    assert {text: read_period(text) for text in said} == {
        text: Period(months=months) for text, months in said.items()
    }
    assert read_period("2 weeks") == Period(days=14)
    assert {read_period(text) for text in ("", "0", "{period}", "6 moons", "soon")} == {None}


def test_a_period_runs_from_the_last_review_else_from_the_first_day():
    begins, reviewed = date(2024, 5, 1), date(2024, 8, 31)
    half = Period(months=6)
    assert term_of(Said(valid_for=half), begins=begins) == Term(valid_until=date(2024, 11, 1))
    said = Said(reviewed_on=reviewed, review_in=half)
    assert term_of(said, begins=begins) == Term(review_on=date(2025, 2, 28))
    assert term_of(Said(), begins=begins) is None


def test_a_last_day_is_never_before_the_first():
    said = Said(valid_until=date(2020, 1, 1))
    assert term_of(said, begins=date(2024, 5, 1)) == Term(valid_until=date(2024, 5, 1))


def test_what_cannot_be_read_of_days_is_named():
    names = {"valid_until": ("a",), "review_in": ("b",), "reviewed_on": ("c", "d")}
    said, remarks = read_said({"a": "[2021-XX-XX]", "b": "soon", "d": "2024-01-02"}, names)
    assert said == Said(reviewed_on=date(2024, 1, 2))
    assert [(r.rule, r.values["value"]) for r in remarks] == [
        ("no_period", "soon"),
        ("no_day", "[2021-XX-XX]"),
    ]
    assert read_said({"a": "Tills vidare"}, names)[0].is_until_further_notice


@given(st.integers(1, 400), st.integers(1, 120))
def test_planned_days_are_spread_and_none_is_today(count, months):
    today = date(2026, 11, 21)
    days = planned(count, today=today, months=months)
    assert days == sorted(days)
    assert days[0] > today
    assert days[-1] == max(days)
    busiest = max(days.count(day) for day in set(days))
    assert busiest <= -(-count // ((days[-1] - today).days)) + 1


# names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Ek", "ANNA  ek "),
        ("Anna Ek", "Dr. Anna Ek"),
        ("Anna Ek", "Ek, Anna"),
        ("Anna Ek", "Anna Ek, överläkare"),
        ("Åsa Öl", "A\u030asa O\u0308l"),
        ("Medicin-kliniken", "medicin kliniken"),
        ("@Home/segas-admins", "home segas admins"),
    ],
)
def test_spellings_of_one_fold_to_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna Ek", "Anna Eek"), ("Överläkare anestesi", "anestesi"), ("Läkare", "Sjuksköterska")],
)
def test_what_is_not_the_same_does_not_fold_together(one, other):
    assert fold(one) != fold(other)


@given(st.text(max_size=60))
def test_folding_again_changes_nothing_more(text):
    assert fold(fold(text)) == fold(fold(fold(text)))


def test_a_name_that_two_have_means_nobody():
    known = known_by([("Anna Ek", "p-1"), ("anna ek", "p-2"), ("Bo", "p-3")])
    assert (known.find("Anna Ek"), known.find("BO")) == ("", "p-3")
    assert known.with_more({"Dr Anna Ek": "p-1", "Bo": ""}).find("Anna Ek") == "p-1"


names = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(st.lists(names.map(lambda text: " ".join(text.split())).filter(bool), max_size=20))
def test_the_table_to_correct_can_be_read_as_a_map(spellings):
    table = table_of(Spelled(key="fact_owner", spelling=one) for one in spellings)
    assert sum(sum(row.spellings.values()) for row in table) == len(spellings)
    assert len({fold(row.name) for row in table}) == len(table)
    if all(one.isascii() and one.isalnum() for one in spellings):
        read = strictyaml.read(as_map(table).encode(), limit=100_000)
        assert set(read.get("owners") or {}) == {row.name for row in table}


# links in Markdown


@given(st.text(alphabet="ab[]()<>`\\ \n:.!~>-", max_size=80))
def test_nothing_but_targets_is_ever_touched(body):
    assert rewritten(body, lambda _: None) == body
    marked = rewritten(body, lambda target: f"{target}Z")
    assert marked.replace("Z", "") == body


@given(st.text(alphabet="ab[]()<>`\\ \n:.!", max_size=60))
def test_what_is_shown_stays_the_same_whatever_links_lead_to(body):
    changed = rewritten(body, lambda _: "zz")
    found = [link.target for link in markdown.links(changed)]
    assert len(found) >= len(markdown.links(body)) - found.count("zz")


@pytest.mark.parametrize(
    "body",
    [
        "[a](x.md)",
        "[a](<x.md>)",
        '[a](x.md "Titel")',
        "![a](x.md)",
        "[a]: x.md",
        "> - [a](x.md)",
        "[a](\n  x.md)",
        "[b](y(1).md) [a](x.md)",
        "`` ` `` [a](x.md)",
        "`[a](x.md) utan slut",
    ],
)
def test_targets_are_found_wherever_they_stand(body):
    assert rewritten(body, lambda t: "NY" if t == "x.md" else None) == body.replace("x.md", "NY")


@pytest.mark.parametrize(
    "body",
    ["`[a](x.md)`", "```\n[a](x.md)\n```", "~~~~ md\n[a]: x.md\n~~~~", r"[a\](x.md)", "[^1]: x.md"],
)
def test_code_and_notes_hold_no_targets(body):
    assert rewritten(body, lambda _: "NY") == body


def test_many_brackets_and_backticks_are_read_in_reasonable_work():
    for hostile in ("`" * 3 + "a`" * 50_000, "[a](" * 50_000, "](<" * 50_000, "[a]:" * 50_000):
        assert rewritten(hostile, lambda _: None) == hostile
