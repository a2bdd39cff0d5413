"""What was decided by delegation, as the list that is reported to the board."""

import csv
import io
from functools import cache

import pytest

from tests.views import library
from tests.views.steps import page, problems, reviewed, send, words

LIST = "/overview/delegation"


@pytest.fixture
def person(visit, sign_in):
    return cache(lambda login: sign_in(visit(), login))


@pytest.fixture
def delegated(person):
    """Handhygien, decided by Dag by delegation."""
    case = reviewed(person)
    typed = {"password": library.PASSWORD, "basis": "delegation", "mandate": "3.2"}
    answer = send(person("dag"), case, f"{case}/decision", **typed)
    assert answer.status_code == 303


@pytest.mark.usefixtures("delegated")
def test_a_decision_by_delegation_is_listed_with_its_mandate(person):
    shown = page(person("karin"), LIST)
    assert "2026-11-21 Handhygien 1042, version 3 Fastställd Dag" in words(shown)
    assert "3.2" in words(shown)
    rows = list(
        csv.DictReader(io.StringIO(person("karin").get(f"{LIST}.csv").text.lstrip("\ufeff")))
    )
    assert [(row["document"], row["mandate"], row["reported"]) for row in rows] == [
        ("1042", "3.2", "")
    ]


@pytest.mark.usefixtures("delegated")
@pytest.mark.parametrize(
    "query", ["from=2026-01-01&until=2026-11-20", "type=policy", "unit=laboratoriemedicin"]
)
def test_the_list_is_narrowed_to_days_type_and_unit(person, query):
    found = person("karin").get(f"{LIST}.json?{query}").json["decisions"]
    assert found == []
    assert "Inget beslut fattades med stöd av delegation då" in words(
        page(person("karin"), f"{LIST}?{query}")
    )


def test_a_period_that_ends_before_it_begins_is_refused(person):
    answer = person("karin").get(f"{LIST}?from=2026-02-01&until=2026-01-01")
    assert (answer.status_code, problems(answer)) == (422, ["dates_out_of_order"])
