"""Names that git, Windows, macOS and a reader's eye must agree on."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.naming import (
    CONTROL,
    EXTENSIONS,
    HIDDEN,
    LONGEST_NAME,
    PERSON_ALPHABET,
    has_other_letters,
    is_person_id,
    is_slug,
    problem_with_filename,
    twins,
    unfit_characters,
)

GOOD_NAMES = [
    "blankett.pdf",
    "Checklista för mottagning.docx",
    "flöde 2.1 (utkast).svg",
    "bild.PNG.png",
    "-a.csv",
    "a" * (LONGEST_NAME - 4) + ".pdf",
    "console.pdf",
    "com10.pdf",
    "gitflöde.pdf",
]

BAD_NAMES = [
    ("", "name_empty"),
    (".git", "name_git"),
    (".GIT", "name_git"),
    (".gitmodules", "name_git"),
    ("git~1", "name_git"),
    ("GIT~2.pdf", "name_git"),
    (".g\u200cit", "name_git"),
    (".git ", "name_git"),
    (".git.", "name_git"),
    ("\uff0egit", "name_git"),
    (".\uff47it", "name_git"),
    ("text.md", "name_reserved"),
    ("TEXT.md", "name_reserved"),
    ("roles.yaml", "name_reserved"),
    ("Decisions", "name_reserved"),
    ("CON", "name_device"),
    ("con.pdf", "name_device"),
    ("nul .pdf", "name_device"),
    ("aux.tar.pdf", "name_device"),
    ("LPT1.csv", "name_device"),
    ("com\u00b9.pdf", "name_device"),
    ("conin$.pdf", "name_device"),
    ("a/b.pdf", "name_character"),
    ("..\\b.pdf", "name_character"),
    ("a:b.pdf", "name_character"),
    ("a\nb.pdf", "name_character"),
    ("a\0.pdf", "name_character"),
    ("a\x85.pdf", "name_character"),
    ("a\ud800.pdf", "name_character"),
    ("a\ufffe.pdf", "name_character"),
    ("hand\u202efdp.png", "name_hidden"),
    ("a\u200b.pdf", "name_hidden"),
    ("a\U000e0041.pdf", "name_hidden"),
    ("a\u030a.pdf", "name_not_nfc"),
    ("p\u0430tient.pdf", "name_letters"),
    ("\u03b2-laktam.pdf", "name_letters"),
    ("\uff41.pdf", "name_letters"),
    (" a.pdf", "name_edges"),
    ("a.pdf ", "name_edges"),
    ("a.pdf\u00a0", "name_edges"),
    (".a.pdf", "name_edges"),
    ("a.pdf.", "name_edges"),
    ("\u00e5" * 99 + ".pdf", "name_too_long"),
    ("a.exe", "name_extension"),
    ("a.PDF", "name_extension"),
    ("pdf", "name_extension"),
    ("a", "name_extension"),
    ("a.docm", "name_extension"),
]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_an_ordinary_name_is_good(name):
    assert problem_with_filename(name) is None


@pytest.mark.parametrize(("name", "rule"), BAD_NAMES)
def test_a_name_that_someone_reads_otherwise_is_refused(name, rule):
    assert problem_with_filename(name) == rule


@pytest.mark.parametrize("character", '<>:"|?*/\\')
def test_a_character_that_windows_forbids_is_refused(character):
    assert problem_with_filename(f"a{character}b.pdf") == "name_character"


@given(st.text(max_size=40), st.sampled_from(EXTENSIONS))
def test_a_good_name_is_what_it_seems(stem, extension):
    name = f"{stem}.{extension}"
    if problem_with_filename(name) is None:
        assert name == unicodedata.normalize("NFC", name).strip()
        assert len(name.encode()) <= LONGEST_NAME
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in name)


@pytest.mark.parametrize(
    "names",
    [
        {"Rutin.pdf", "rutin.PDF"},
        {"\u00e5.pdf", "a\u030a.pdf"},
        {"\ufb01l.pdf", "fil.pdf"},
        {"stra\u00dfe.pdf", "STRASSE.pdf"},
        {"a\u200bb.pdf", "ab.pdf"},
    ],
)
def test_names_that_a_file_system_takes_for_one_are_twins(names):
    assert twins([*names, "annan.pdf"]) == names


def test_names_that_differ_to_all_are_not_twins():
    assert twins(["rutin å.md", "rutin a.md", "rutin.md"]) == set()


def test_a_name_given_twice_is_its_own_twin():
    assert twins(["a.pdf", "b.pdf", "a.pdf"]) == {"a.pdf"}


@pytest.mark.parametrize("text", ["routine", "verksamhetschef-medicin", "3-d", "a", "1"])
def test_a_slug_has_small_letters_digits_and_hyphens(text):
    assert is_slug(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rutin",
        "å",
        "a_b",
        "a b",
        "-a",
        "a-",
        "a--b",
        "a\n",
        "a/b",
        "p-huset",
        "\u0661",
        "p-7k2m9qxa",
    ],
)
def test_what_is_not_a_slug(text):
    assert not is_slug(text)


@pytest.mark.parametrize("text", ["p-7k2m9qxa", "p-2c8d1fgh", "p-00000000", "p-zzzzzzzz"])
def test_a_person_id_is_eight_characters_that_can_be_read_out(text):
    assert is_person_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "p-", "p-7k2m9qx", "p-7k2m9qxab", "P-7k2m9qxa", "p-7K2M9QXA", "p-7k2m9qxa\n", "q-7k2m9qxa"]
    + [f"p-7k2m9qx{letter}" for letter in "ilou"],
)
def test_what_is_not_a_person_id(text):
    assert not is_person_id(text)


def test_the_alphabet_of_person_ids_has_five_bits_to_a_character():
    assert len(set(PERSON_ALPHABET)) == len(PERSON_ALPHABET) == 32


@given(st.text(PERSON_ALPHABET, min_size=8, max_size=8))
def test_no_person_id_is_a_slug(characters):
    assert is_person_id(f"p-{characters}")
    assert not is_slug(f"p-{characters}")


def test_a_letter_that_only_looks_latin_is_seen():
    assert has_other_letters("st\u0430tus")
    assert not has_other_letters("Fastställare nr 2: Søren")


def test_all_that_turns_or_hides_text_is_hidden():
    ranges = [
        (0x202A, 0x202E),
        (0x2066, 0x2069),
        (0x200B, 0x200F),
        (0x61C, 0x61C),
        (0xFEFF, 0xFEFF),
    ]
    for first, last in ranges:
        assert all(HIDDEN.fullmatch(chr(code)) for code in range(first, last + 1))


@given(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0")
)
def test_what_can_be_seen_is_fit(character):
    assert not HIDDEN.search(character)
    assert not CONTROL.search(character)


def test_each_kind_of_unfit_character_is_told_once_for_a_line():
    assert list(unfit_characters("Handhygien, så här: \N{WARNING SIGN}\ufe0f")) == []
    assert list(unfit_characters("a\tb\0c\u202ed\u200be\u0301")) == [
        ("control_character", "U+0009"),
        ("hidden_character", "U+202E"),
        ("not_nfc", ""),
    ]
