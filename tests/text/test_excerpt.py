"""Excerpts: the words around a hit, less the marks of the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.text.excerpt import LENGTH, excerpt


def shown(body, *words):
    return "".join(piece.words for piece in excerpt(body, words))


def hits(body, *words):
    return [piece.words for piece in excerpt(body, words) if piece.is_hit]


def test_the_words_found_are_marked_as_they_stand_in_the_text():
    assert hits("Tvätta Händerna, och händerna igen.", "händerna") == ["Händerna", "händerna"]


def test_the_marks_of_the_text_are_left_out():
    body = (
        "## Syfte\n\n1. **Stopp:** se [kartan](karta.png).\n\n| A | B |\n| --- | --- |\n| c | d |"
    )
    assert shown(body) == "Syfte Stopp: se kartan. A B c d"


def test_a_hit_far_down_is_shown_with_what_stands_around_it():
    found = shown("ord " * 200 + "nålen ligger här " + "ord " * 200, "nålen")
    assert found.startswith("… ord")
    assert "nålen ligger här" in found
    assert found.endswith(" …")


def test_a_text_without_the_word_begins_from_its_beginning():
    assert shown("Första meningen.", "saknas") == "Första meningen."


def test_an_underscore_within_a_word_stays():
    assert shown("se fil_namn och _kursivt_") == "se fil_namn och kursivt"


@given(body=st.text(), words=st.lists(st.text(min_size=1), max_size=4))
def test_an_excerpt_is_short_and_marks_only_what_was_asked_for(body, words):
    pieces = excerpt(body, words)
    assert sum(len(piece.words) for piece in pieces) <= LENGTH + len("… ") + len(" …")
    asked = {word.casefold() for word in words} | {word.lower() for word in words}
    found = [piece.words for piece in pieces if piece.is_hit]
    assert all(one.casefold() in asked or one.lower() in asked for one in found)


@pytest.mark.parametrize(
    "piece",
    ["[", "[aaaaaaaaa", "![", "[](", "[][", "\n", " \n", "|\n", "- ", "`", "_", "\\", "~~~\n"],
)
def test_a_text_made_to_cost_costs_no_more_than_another(piece):
    # where each piece were looked for to the end of the text, this would take hours
    body = piece * (1_000_000 // len(piece)) + "\n\nnålen"
    assert "nålen" in shown(body, "nålen")
