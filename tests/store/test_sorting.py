"""The order of titles, in Swedish and elsewhere."""

from hypothesis import given
from hypothesis import strategies as st

from styrdokument.store.sorting import sort_key

TITLES = ["Östersund", "Zoom", "Åldrande", "alkohol", "Ärende", "Élevråd", "Edsbyn"]


def test_in_swedish_the_last_three_letters_come_after_z() -> None:
    assert sorted(TITLES, key=sort_key) == [
        *("alkohol", "Edsbyn", "Élevråd", "Zoom", "Åldrande", "Ärende", "Östersund"),
    ]


def test_elsewhere_they_are_letters_with_accents() -> None:
    assert sorted(TITLES, key=lambda title: sort_key(title, is_swedish=False)) == [
        *("Åldrande", "alkohol", "Ärende", "Edsbyn", "Élevråd", "Östersund", "Zoom"),
    ]


@given(st.text())
def test_case_makes_no_difference(title: str) -> None:
    assert sort_key(title.casefold()) == sort_key(title)
