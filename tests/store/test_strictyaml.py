"""Strict YAML: read as it is written, refused when doubtful, changed line by line."""

import unicodedata
from itertools import product

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from styrdokument.domain.naming import CONTROL, HIDDEN, has_other_letters
from styrdokument.domain.problems import Code, Refused
from styrdokument.store.strictyaml import change, read, write

DOCUMENT = """\
# Written by hand
id: 1042
title: "Handhygien"   # shown to all
type:   routine

# who it is for
applies_to: [region,
  medicinkliniken,   # the clinic
]
keywords:
- handsprit
- basala hygienrutiner
  # an indented remark
summary: |
  First line
  # no comment

  last line

note: 'it''s
  folded'
"former_ids": ['platina:115094']
parent:
"""
FIELDS = {
    "id": "1042",
    "title": "Handhygien",
    "type": "routine",
    "applies_to": ["region", "medicinkliniken"],
    "keywords": ["handsprit", "basala hygienrutiner"],
    "summary": "First line\n# no comment\n\nlast line\n",
    "note": "it's folded",
    "former_ids": ["platina:115094"],
    "parent": None,
}


def problems_of(data, **facts):
    with pytest.raises(Refused) as refused:
        read(data, **facts)
    assert {p.code for p in refused.value.problems} == {Code.BAD_FRONT_MATTER}
    return [(p.rule, p.line) for p in refused.value.problems]


def is_fit(text):
    return (
        not HIDDEN.search(text)
        and not CONTROL.search(text.replace("\n", ""))
        and unicodedata.is_normalized("NFC", text)
    )


def fields_or_problems(data):
    try:
        return read(data)
    except Refused as refused:
        return refused.problems


# Reading


def test_every_scalar_is_read_as_it_stands():
    assert read(DOCUMENT.encode()) == FIELDS


@pytest.mark.parametrize(
    "plain", ["1042", "no", "012", "2026-01-01", "1e3", "0x1F", "1:30", "=", "Yes"]
)
def test_what_other_readers_take_for_something_else_stays_text(plain):
    assert read(f"a: {plain}\n".encode()) == {"a": plain}


@pytest.mark.parametrize("nothing", ["", "null", "~", "Null", "NULL"])
def test_nothing_is_none_unless_it_is_quoted(nothing):
    assert read(f"a: {nothing}\n".encode()) == {"a": None}
    assert read(f"a: '{nothing}'\n".encode()) == {"a": nothing}


@pytest.mark.parametrize("empty", ["", "\n", "# only a comment\n"])
def test_a_file_without_keys_says_nothing(empty):
    assert read(empty.encode()) == {}


def test_a_comment_may_ask_a_question():
    assert read(b"# why?\na: 1  # ? b\n# ? c\nb: {\n# ?\nc: 1}\n") == {"a": "1", "b": {"c": "1"}}


def test_a_register_is_four_levels_deep():
    source = b"chef:\n  holders:\n    - {person: p-7k2m9qxa, from: 2025-01-01}\n"
    assert read(source) == {"chef": {"holders": [{"person": "p-7k2m9qxa", "from": "2025-01-01"}]}}


REFUSED = [
    ("a: &x 1\n", "anchor"),
    ("a: *x\n", "alias"),
    ("a: !!str 1\n", "tag"),
    ("a: ! 1\n", "tag"),
    ("a: !!python/object/apply:os.system [ls]\n", "tag"),
    ("a: {<<: 1}\n", "merge_key"),
    ("'<<': 1\n", "merge_key"),
    ("a: 1\na: 2\n", "duplicate_key"),
    ("a: 1\n'a': 2\n", "duplicate_key"),
    ("a: {b: {c: 1, c: 2}}\n", "duplicate_key"),
    ("a: [{b: 1, b: 1}]\n", "duplicate_key"),
    ("? a\n: 1\n", "complex_key"),
    ("a: {? b : 1}\n", "complex_key"),
    ("[a]: 1\n", "complex_key"),
    ("{a: 1}: 1\n", "complex_key"),
    ("null: 1\n", "complex_key"),
    ("'': 1\n", "complex_key"),
    ("st\u0430tus: fastställd\n", "key_letters"),
    ("a: {b: {c: {d: {e: 1}}}}\n", "depth"),
    ("a: [[[[1]]]]\n", "depth"),
    ("a:\n- - - - 1\n", "depth"),
    ("---\na: 1\n", "one_document"),
    ("a: 1\n---\nb: 1\n", "one_document"),
    ("a: 1\n...\n", "one_document"),
    ("%YAML 1.1\n---\na: 1\n", "one_document"),
    ("%TAG ! x\n---\na: 1\n", "one_document"),
    ("- a\n", "not_a_mapping"),
    ("a\n", "not_a_mapping"),
    ("null\n", "not_a_mapping"),
    ("{a: 1}\n", "top_level"),
    ("  a: 1\n", "top_level"),
    ("a: 2026-02-30\n", "no_such_day"),
    ("a: [2025-02-29]\n", "no_such_day"),
    ("a: 0000-01-01\n", "no_such_day"),
    ("a: |+\n  x\n\n", "block_scalar"),
    ("a: >2+\n  x\n\n", "block_scalar"),
    ("\ufeffa: 1\n", "bom"),
    ("a: e\u0301\n", "not_nfc"),
    ("a: 1\r\n", "line_ending"),
    ("a: 1", "no_final_newline"),
    ("a:\t1\n", "control_character"),
    ("a: \0\n", "control_character"),
    ("a: \x85\n", "control_character"),
    ("a: \ufffe\n", "control_character"),
    ("a: \u2028\n", "hidden_character"),
    ("a: x\u202ey\n", "hidden_character"),
    ("a: x\u200by\n", "hidden_character"),
    ("# \u2067\n", "hidden_character"),
    ('a: "\\u202e"\n', "hidden_character"),
    ('a: "x\\u200By"\n', "hidden_character"),
    ('a: "\\0"\n', "control_character"),
    ('a: "\\ud800"\n', "control_character"),
    ('a: "\\x1b[2J"\n', "control_character"),
    ('a: "e\\u0301"\n', "not_nfc"),
    ('a: "\\U00110000"\n', "syntax"),
    ('a: "\\UFFFFFFFF"\n', "syntax"),
    (f"%YAML {'9' * 5000}.1\n---\na: 1\n", "syntax"),
    ("%FOO\n", "syntax"),
    ("a: 'x\n", "syntax"),
    ("a: b: c\n", "syntax"),
    ("a: [1\n", "syntax"),
    ("a: @x\n", "syntax"),
    (": 1\n", "syntax"),
    ("a: 1\n b: 2\n", "syntax"),
]


@pytest.mark.parametrize(("source", "rule"), REFUSED)
def test_what_is_doubtful_is_refused_by_one_rule(source, rule):
    assert {found for found, _ in problems_of(source.encode())} == {rule}


def test_a_self_containing_list_is_refused():
    assert problems_of(b"a: &x [*x]\n") == [("anchor", 1), ("alias", 1)]


def test_all_problems_are_told_with_their_lines_in_the_file():
    source = "a: &x 1\nb: \u202e\na: 2026-13-01\nc: \xff\nd: {e: 1, e: 2}\nf: [\n".encode()
    source = source.replace("\xff".encode(), b"\xff")
    assert problems_of(source, first_line=2) == [
        ("anchor", 2),
        ("hidden_character", 3),
        ("duplicate_key", 4),
        ("no_such_day", 4),
        ("not_utf8", 5),
        ("duplicate_key", 6),
        ("syntax", 8),
    ]


def test_a_problem_names_the_field_it_is_in():
    with pytest.raises(Refused) as refused:
        read(b"title: x\nlabel:\n  sv: &a 1\n")
    assert [p.field for p in refused.value.problems] == ["label"]


def test_a_day_in_quotes_is_text_and_need_not_exist():
    assert read(b'a: "2026-02-30"\nb: 2026-02-28\n') == {"a": "2026-02-30", "b": "2026-02-28"}


# Hostile sources

REPEATED = [
    *("[", "{", "- ", "? ", "a: ", "[[]", '["]",', "[a, ", "{a: ", "<<: ", "[?", "a: x\n"),
    *("&a ", "*a ", "!", "|\n", "%A\n", "---\n", "a:\n ", '"', "- a\n", "[],", "{},", "\u202e\n"),
]


@pytest.mark.parametrize(("piece", "size"), [*product(REPEATED, [16_000, 40_000, 1_000_000])])
def test_any_amount_of_anything_is_refused_in_our_own_words(piece, size):
    many = (piece * (size // len(piece.encode())) + "\n").encode()
    for source in (many, b"a: " + many, b"a: [" + many + b"]\n"):
        assert 0 < len(problems_of(source)) <= 100


@pytest.mark.parametrize("size", [16_385, 1_000_000])
def test_a_file_over_the_limit_is_refused_unread(size):
    assert problems_of(b"a: " + b"x" * (size - 4) + b"\n") == [("too_large", 1)]


def test_a_file_at_the_limit_is_read():
    assert read(b"a: " + b"x" * (16_384 - 4) + b"\n") == {"a": "x" * 16_380}
    assert read(b"a: " + b"x" * 20_000 + b"\n", limit=30_000) == {"a": "x" * 20_000}


def test_more_open_brackets_than_an_honest_file_has_are_refused_wherever_they_stand():
    assert read(b"a: 1 # " + b"[" * 64 + b"\n") == {"a": "1"}
    assert problems_of(b"a: 1\nb: 1 # " + b"[" * 65 + b"\n") == [("depth", 2)]


def test_a_file_may_hold_as_many_values_as_its_limit_has_room_for():
    source = b"a: [" + b"x, " * 2000 + b"]\n"
    assert problems_of(source) == [("too_many_values", 1)]
    assert len(read(source, limit=30_000)["a"]) == 2000


def test_nesting_by_lines_is_refused_where_it_gets_too_deep():
    source = b"".join(b" " * depth + b"a:\n" for depth in range(170))
    assert problems_of(source) == [("depth", 5)]


def test_billion_laughs_are_refused_before_anything_is_made_of_them():
    lines = ["a: &a [x, x, x]"] + [
        f"{b}: &{b} [*{a}, *{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert {rule for rule, _ in problems_of("\n".join([*lines, ""]).encode())} == {
        "anchor",
        "alias",
    }


def test_merge_keys_that_double_are_refused():
    lines = ["a: &a {x: 1}"] + [
        f"{b}: &{b} {{<<: [*{a}, *{a}]}}" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert "merge_key" in {rule for rule, _ in problems_of("\n".join([*lines, ""]).encode())}


PIECES = st.sampled_from(
    [
        *"ab:-[]{},'\"#|>&*!%@`?~+ \n\t\0\\",
        ": ",
        "\n  ",
        "- ",
        "? ",
        "<<",
        "---\n",
        "...\n",
        "\\U0011",
        "%YAML 1.",
        "\n%TAG ! ",
        "!<",
        "2026-02-30",
        "\u202e",
        "e\u0301",
        "\r\n",
        "\ufeff",
        "|+\n",
        "a: ",
    ]
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_nothing_but_our_own_refusal_comes_out_of_the_reader(source):
    data = source.encode()
    fields = fields_or_problems(data)
    if isinstance(fields, tuple):
        assert fields
        return
    assert read(write(fields)) == fields
    for key, value in product([*fields, "new"], [None, "x: y", ["a"], {"b": None}]):
        expected = {**fields, key: value}
        if value is None:
            expected.pop(key)
        assert read(change(data, {key: value})) == expected


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    assert fields_or_problems(data) != ()


# Writing


def test_a_new_file_is_written_one_way():
    fields = {
        "id": 1042,
        "title": "Handhygien",
        "parent": None,
        "replaces": [1031, 1032],
        "keywords": ["basala rutiner", "no", "x, y", None],
        "former_ids": ["platina:115094"],
        "record_class": "3.2.1",
        "label": {"sv": "Rutin", "en": "Routine"},
        "holders": [{"person": "p-7k2m9qxa", "from": "2025-01-01"}, ["a", {"b": 1}], {}],
        "until_further_notice": False,
        "note": 'first\n"second" \\',
    }
    assert (
        write(fields).decode()
        == """\
id: 1042
title: Handhygien
parent: null
replaces: [1031, 1032]
keywords: [basala rutiner, "no", "x, y", null]
former_ids: [platina:115094]
record_class: "3.2.1"
label:
  sv: Rutin
  en: Routine
holders:
  - person: p-7k2m9qxa
    from: "2025-01-01"
  - - a
    - b: 1
  - {}
until_further_notice: false
note: "first\\n\\"second\\" \\\\"
"""
    )


DOUBTFUL = [
    *(
        "",
        " ",
        " a",
        "a ",
        "no",
        "No",
        "on",
        "OFF",
        "y",
        "N",
        "true",
        "NULL",
        "null",
        "~",
        "=",
        "<<",
    ),
    *("1", "012", "0x1F", "0o17", "1_000", "+1", "-1", "1.5", "1e3", ".5", ".inf", ".NaN", "1:30"),
    *("2026-01-01", "2026-02-30", "2026-01-01T10:00:00Z", "a: b", "a:", "a #b", "#a", "- a", "-"),
    *(
        "[a]",
        "a]",
        "{a}",
        "a, b",
        "'a'",
        '"a"',
        "a\\b",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "|",
        ">",
    ),
    *(
        "? a",
        "a? b",
        "---",
        "...",
        "a\nb",
        "\n",
        "a\n",
        "a\n\nb ",
        "é",
        "p-7k2m9qxa",
        "http://a.b/c",
    ),
]


@pytest.mark.parametrize("text", DOUBTFUL)
def test_text_that_looks_like_something_else_is_still_text_to_any_reader(text):
    fields = {"a": text, "b": [text, text], "c": {"d": text}}
    assert yaml.safe_load(write(fields)) == read(write(fields)) == fields


TEXTS = st.one_of(st.sampled_from(DOUBTFUL), st.text(max_size=30).filter(is_fit))
KEYS = TEXTS.filter(lambda key: key not in {"", "<<"} and not has_other_letters(key))
SCALARS = st.one_of(TEXTS, st.integers(-(10**20), 10**20), st.none())
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=4),
    st.dictionaries(
        KEYS,
        SCALARS | st.lists(SCALARS | st.dictionaries(KEYS, TEXTS, max_size=2), max_size=3),
        max_size=3,
    ),
)


def as_text(value):
    """The value as strict YAML reads it: an int is the text of an int."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return str(value) if isinstance(value, int) else value


@settings(max_examples=300)
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_what_is_written_is_read_back(fields):
    data = write(fields)
    assert read(data) == as_text(fields)
    assert list(read(data)) == list(fields)
    assert (yaml.safe_load(data) or {}) == fields


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_a_written_file_is_the_same_when_written_again(fields):
    assert write(read(write(as_text(fields)))) == write(as_text(fields))


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("a\u202eb", "hidden_character"),
        ("a\0b", "control_character"),
        ("a\tb", "control_character"),
        ("e\u0301", "not_nfc"),
        ("\ud800", "not_utf8"),
        ("x" * 16_384, "too_large"),
        ([[[[]]]], "depth"),
        ({"<<": 1}, "merge_key"),
        ({"": 1}, "complex_key"),
    ],
)
def test_what_could_not_be_read_is_not_written(value, rule):
    for act in (lambda: write({"b": 1, "a": value}), lambda: change(b"b: 1\n", {"a": value})):
        with pytest.raises(Refused) as refused:
            act()
        assert [p.rule for p in refused.value.problems] == [rule]


def test_a_list_that_contains_itself_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(Refused) as refused:
        write({"a": endless})
    assert [p.rule for p in refused.value.problems] == ["depth"]


# Changing


def changed(changes):
    return change(DOCUMENT.encode(), changes).decode()


def test_nothing_changed_is_the_same_bytes():
    assert changed({}) == DOCUMENT


@pytest.mark.parametrize("key", FIELDS)
def test_a_key_set_to_what_it_says_keeps_its_bytes(key):
    if FIELDS[key] is not None:
        assert changed({key: FIELDS[key]}) == DOCUMENT
    assert changed({"id": 1042}) == DOCUMENT


def test_a_comment_behind_a_changed_value_stays():
    assert changed({"title": "Basal hygien"}) == DOCUMENT.replace(
        'title: "Handhygien"   # shown', "title: Basal hygien   # shown"
    )
    assert change(b"a: [1]#x\n", {"a": "b"}) == b"a: b #x\n"
    assert change(b"a: 1 # x\n", {"a": {"b": 2}}) == b"a: # x\n  b: 2\n"


def test_a_value_on_several_lines_gives_way_to_one_line():
    before, _, after = DOCUMENT.partition("applies_to:")
    after = after.partition("]\n")[2]
    assert changed({"applies_to": ["region"]}) == f"{before}applies_to: [region]\n{after}"


def test_a_list_by_lines_is_replaced_and_the_remark_below_it_stays():
    assert changed({"keywords": ["sprit"]}) == DOCUMENT.replace(
        "keywords:\n- handsprit\n- basala hygienrutiner\n", "keywords: [sprit]\n"
    )


def test_a_block_of_text_is_replaced_whole_and_the_blank_line_below_it_stays():
    before, _, after = DOCUMENT.partition("summary: |\n")
    after = after.partition("last line\n")[2]
    assert changed({"summary": "Kort"}) == f"{before}summary: Kort\n{after}"


def test_a_removed_key_takes_its_lines_with_it():
    assert changed({"keywords": None}) == DOCUMENT.replace(
        "keywords:\n- handsprit\n- basala hygienrutiner\n  # an indented remark\n", ""
    )
    assert changed({"absent": None}) == DOCUMENT


def test_a_new_key_comes_last():
    assert changed({"replaces": [1031]}) == DOCUMENT + "replaces: [1031]\n"
    assert change(b"", {"a": 1}) == b"a: 1\n"
    assert change(b"# c\n", {"a": 1}) == b"# c\na: 1\n"


def test_a_changed_file_may_not_grow_over_the_limit():
    with pytest.raises(Refused) as refused:
        change(b"a: 1\n", {"b": "x" * 50}, limit=40)
    assert [p.rule for p in refused.value.problems] == ["too_large"]


def test_a_bad_file_is_not_changed_and_a_bad_value_is_told_by_its_line():
    with pytest.raises(Refused) as refused:
        change(b"a: &x 1\n", {"a": "2"}, first_line=2)
    assert [(p.rule, p.line) for p in refused.value.problems] == [("anchor", 2)]
    with pytest.raises(Refused) as refused:
        change(b"# c\na: 1\n", {"a": "\u202e"}, first_line=2)
    assert [(p.rule, p.line) for p in refused.value.problems] == [("hidden_character", 3)]


INLINE = st.one_of(
    st.sampled_from(
        [
            *(
                ("no", "no"),
                ("012", "012"),
                ("2026-01-01", "2026-01-01"),
                ("a:b", "a:b"),
                ("", None),
            ),
            *(
                ("a word", "a word"),
                ("~", None),
                ("'it''s'", "it's"),
                ('"a\\nb"', "a\nb"),
                ("[]", []),
            ),
            *(
                ("[a, 'b',\n  c]", ["a", "b", "c"]),
                ("[a, # c\n\nb\n]", ["a", "b"]),
                ("{b: 1}", {"b": "1"}),
            ),
            *(
                ("'a\n  b'", "a b"),
                ("a\n  b", "a b"),
                ("\n  a", "a"),
                ("{}", {}),
                ('"x\ny"', "x y"),
            ),
        ]
    ),
    TEXTS.map(lambda text: (write({"a": text}).decode()[3:-1], text)),
)
BLOCKS = st.sampled_from(
    [
        *(
            (" |\n  a\n", "a\n"),
            (" |-\n  # a\n\n  b\n", "# a\n\nb"),
            (" >  # c\n  a\n  b\n\n", "a b\n"),
        ),
        *(
            ("\n- a\n-  b # c\n", ["a", "b"]),
            ("\n  - a\n  # c\n", ["a"]),
            ("\n- b: 1\n  c: 2\n", [{"b": "1", "c": "2"}]),
        ),
        *(
            ("\n  b: 1\n\n  # c\n  c: |\n    x\n", {"b": "1", "c": "x\n"}),
            (" |2\n    a\n", "  a\n"),
            (" |\n", ""),
        ),
        *(("\n\n  # c\n  b:\n  - 1\n", {"b": ["1"]}), ("\n- [a,\nb]  # c\n", [["a", "b"]])),
    ]
)
ENTRIES = st.one_of(
    st.tuples(INLINE, st.sampled_from(["", "  # comment", "   "])).map(
        lambda drawn: (f" {drawn[0][0]}{drawn[1]}\n", drawn[0][1])
    ),
    BLOCKS,
)
BETWEEN = st.lists(st.sampled_from(["# comment\n", "\n", "#\n"]), max_size=3).map("".join)
SOURCE_KEYS = st.sampled_from(["id", "title", "'type'", '"applies_to"', "keywords", "no", "012"])
SOURCES = st.lists(
    st.tuples(SOURCE_KEYS, ENTRIES, BETWEEN), max_size=5, unique_by=lambda drawn: drawn[0]
)


def plain(key):
    return key.strip("'\"")


@settings(max_examples=400)
@given(SOURCES, BETWEEN, st.dictionaries(SOURCE_KEYS.map(plain) | KEYS, VALUES, max_size=4))
@example([("id", ("\n- a\n", ["a"]), "\n")], "", {"id": None})
def test_a_change_does_what_it_says_and_touches_nothing_else(entries, first, changes):
    source = first + "".join(f"{key}:{text}{between}" for key, (text, _), between in entries)
    fields = {plain(key): value for key, (_, value), _ in entries}
    assert read(source.encode()) == fields

    after = change(source.encode(), changes)

    expected = {**fields, **as_text(changes)}
    assert read(after) == {
        key: value for key, value in expected.items() if changes.get(key, "") is not None
    }
    rest = after.decode()
    kept = [first] + [
        part
        for key, (text, _), between in entries
        for part in ([f"{key}:{text}"] if is_untouched(plain(key), fields, changes) else [])
        + [between]
    ]
    for part in filter(None, kept):
        _, found, rest = rest.partition(part)
        assert found == part


def is_untouched(key, fields, changes):
    return key not in changes or (changes[key] is not None and as_text(changes[key]) == fields[key])


@settings(max_examples=300)
@given(SOURCES, BETWEEN)
def test_changing_nothing_changes_no_byte(entries, first):
    source = (
        first + "".join(f"{key}:{text}{between}" for key, (text, _), between in entries)
    ).encode()
    fields = {key: value for key, value in read(source).items() if value is not None}
    assert change(source, {}) == change(source, fields) == source
