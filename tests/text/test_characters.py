import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.text.characters import clean, first_unclean_line, suspects

TYPED = st.text(st.sampled_from("aå\u030a\r\n \ufeff\u0041"), max_size=30)


def rules(text):
    return [(suspect.rule, suspect.character) for suspect in suspects(text)]


def test_typed_text_is_stored_with_one_kind_of_line_ending_and_letter():
    assert clean("\ufeffA\u030a\r\nb  \rc\n\n\n") == "Å\nb  \nc\n"
    assert clean("") == clean("\r\n\r\n") == ""


@given(TYPED)
def test_what_is_clean_stays_as_it_is(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert first_unclean_line(cleaned) == 0
    assert unicodedata.is_normalized("NFC", cleaned)


@given(TYPED)
def test_a_text_that_cleaning_would_change_is_told_by_a_line_it_has(text):
    line = first_unclean_line(text)
    assert bool(line) == (clean(text) != text)
    assert line <= text.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "line"), [("a\r\n", 1), ("a\nA\u030a\n", 2), ("a\nb", 2), ("a\n\n\n", 2), ("\n", 1)]
)
def test_the_first_unclean_line_is_named(text, line):
    assert first_unclean_line(text) == line


@pytest.mark.parametrize(
    ("rule", "characters"),
    [
        ("control_character", "\x00\x07\x0b\x0c\x1b\x7f\x85\x9f\u2028\u2029\ufffe\uffff\ud800"),
        ("bidi_control", "\u202a\u202e\u2066\u2069\u200e\u200f\u061c"),
        ("invisible_character", "\u200b\u2060\ufeff\u200c\u200d\u3164\U000e0041"),
    ],
)
def test_a_character_nobody_sees_is_named(rule, characters):
    for character in characters:
        assert rules(f"a{character}b") == [(rule, f"U+{ord(character):04X}")]


def test_tabs_soft_hyphens_and_hard_spaces_may_stand():
    assert rules("a\tb\u00adc\u00a0d\u202fe\n") == []


def test_a_joiner_may_do_its_work_between_letters_and_in_emoji_only():
    assert rules("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 👩\u200d⚕️") == []
    assert len(rules("dos\u200dering")) == 1
    assert len(rules("\u200d")) == 1


def test_a_letter_of_another_alphabet_inside_a_word_is_named():
    assert rules("p\u0430racetamol") == [("mixed_alphabets", "U+0070 U+0430")]
    assert rules("москва och β-blockerare, μg") == []


def test_a_kind_is_told_once_a_line():
    assert [s.line for s in suspects("\u200ba\u200bb\n\nc\u200b\n")] == [1, 3]
