"""Files with front matter: taken apart, put together and changed without touching the rest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from styrdokument.domain.naming import CONTROL, HIDDEN
from styrdokument.domain.problems import Code, Refused
from styrdokument.store import strictyaml
from styrdokument.store.frontmatter import TEXT_LIMIT, Text, change, compose, read, split

FRONT = """\
id: 1042
title: 'Handhygien'   # for all
applies_to: [region,
  "012"]
note: |
  ---
  no
from: 2026-01-01
"""
BODY = "\n# Syfte\r\n---\nFritext utan radslut"
DOCUMENT = f"---\n{FRONT}---\n{BODY}".encode()


def refusal(act):
    with pytest.raises(Refused) as refused:
        act()
    return [(p.code, p.rule, p.line) for p in refused.value.problems]


def test_a_file_is_split_at_its_fences():
    assert split(DOCUMENT) == (FRONT.encode(), BODY.encode(), 11)


def test_a_file_is_read_as_fields_and_body():
    assert read(DOCUMENT) == Text(
        fields={
            "id": "1042",
            "title": "Handhygien",
            "applies_to": ["region", "012"],
            "note": "---\nno\n",
            "from": "2026-01-01",
        },
        body=BODY,
        body_line=11,
    )
    assert DOCUMENT.split(b"\n", 10)[10] == BODY.encode()


def test_front_matter_and_body_may_be_empty():
    assert read(b"---\n---\n") == Text({}, "", 3)
    assert read(b"---\n---\n---\n---\n") == Text({}, "---\n---\n", 3)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "no_front_matter"),
        (b"# Rubrik\n", "no_front_matter"),
        (b"\n---\nid: 1\n---\n", "no_front_matter"),
        (b"--- \nid: 1\n---\n", "no_front_matter"),
        (b"----\nid: 1\n---\n", "no_front_matter"),
        (b"---", "no_front_matter"),
        (b"\xef\xbb\xbf---\nid: 1\n---\n", "bom"),
        (b"---\r\nid: 1\r\n---\r\n", "line_ending"),
        (b"---\n", "no_closing_fence"),
        (b"---\nid: 1\n", "no_closing_fence"),
        (b"---\nid: 1\n---", "no_closing_fence"),
        (b"---\nid: 1\n ---\n", "no_closing_fence"),
        (b"---\nid: 1\n--- \n----\n", "no_closing_fence"),
        (b"---\nid: 1\n---\r\n", "no_closing_fence"),
    ],
)
def test_a_file_without_both_fences_is_refused(data, rule):
    for act in (split, read, lambda data: change(data, {})):
        assert refusal(lambda act=act: act(data)) == [(Code.BAD_FRONT_MATTER, rule, 1)]


def test_all_that_is_wrong_is_told_by_its_line_in_the_file():
    data = b"---\nid: &x 1\nid: 2\n---\nbody\nb\xffdy\n"
    assert refusal(lambda: read(data)) == [
        (Code.BAD_FRONT_MATTER, "anchor", 2),
        (Code.BAD_FRONT_MATTER, "duplicate_key", 3),
        (Code.BAD_TEXT, "not_utf8", 6),
    ]


def test_two_documents_in_one_front_matter_can_only_be_one_and_a_body():
    assert read(b"---\nid: 1\n---\nid: 2\n---\n") == Text({"id": "1"}, "id: 2\n---\n", 4)


def test_a_fence_inside_quotes_ends_front_matter_all_the_same():
    assert refusal(lambda: read(b"---\ntitle: 'a\n---\nb'\n---\n")) == [
        (Code.BAD_FRONT_MATTER, "syntax", 3)
    ]


def test_front_matter_over_its_limit_is_refused():
    data = b"---\na: " + b"x" * strictyaml.LIMIT + b"\n---\n"
    assert refusal(lambda: read(data)) == [(Code.BAD_FRONT_MATTER, "too_large", 2)]


def test_a_file_over_its_limit_is_refused():
    largest = b"---\nid: 1\n---\n".ljust(TEXT_LIMIT, b"x")
    assert read(largest).fields == {"id": "1"}
    refused = [(Code.BAD_TEXT, "too_large", 0)]
    assert refusal(lambda: split(largest + b"x")) == refused
    assert refusal(lambda: change(largest, {"id": "22"})) == refused
    assert refusal(lambda: compose({}, "x" * TEXT_LIMIT)) == refused


def test_a_new_file_has_fences_around_its_fields():
    assert compose({"id": 1042, "title": "no"}, "# Syfte\n") == (
        b'---\nid: 1042\ntitle: "no"\n---\n# Syfte\n'
    )


def test_a_field_is_changed_where_it_stands():
    assert change(DOCUMENT, {"title": "Basal hygien", "note": None, "type": "routine"}) == (
        DOCUMENT.replace(b"'Handhygien'", b"Basal hygien")
        .replace(b"note: |\n  ---\n  no\n", b"")
        .replace(b"from: 2026-01-01\n", b"from: 2026-01-01\ntype: routine\n")
    )


def test_a_body_is_changed_without_touching_front_matter():
    assert change(DOCUMENT, {}, "Ny text\n") == f"---\n{FRONT}---\nNy text\n".encode()
    assert change(DOCUMENT, {}, "") == f"---\n{FRONT}---\n".encode()


def test_what_could_not_be_read_is_not_written():
    hidden = [(Code.BAD_FRONT_MATTER, "hidden_character", 2)]
    assert refusal(lambda: compose({"title": "\u202e"}, "")) == hidden
    assert refusal(lambda: change(b"---\n---\n", {"title": "\u202e"})) == hidden
    not_utf8 = [(Code.BAD_TEXT, "not_utf8", 5)]
    assert refusal(lambda: compose({"id": 1}, "a\n\ud800")) == not_utf8
    assert refusal(lambda: change(b"---\nid: 1\n---\n", {}, "a\n\ud800")) == not_utf8


def test_a_body_that_is_no_text_is_not_carried_on():
    data = b"---\nid: 1\n---\nb\xffdy\n"
    assert refusal(lambda: change(data, {"id": 2})) == [(Code.BAD_TEXT, "not_utf8", 4)]
    assert change(data, {"id": 2}, "body\n") == b"---\nid: 2\n---\nbody\n"


def test_nothing_changed_is_the_same_bytes():
    assert change(DOCUMENT, {}) == DOCUMENT
    assert change(DOCUMENT, read(DOCUMENT).fields, BODY) == DOCUMENT


BODIES = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("-\n"), max_size=60)
KEYS = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
TEXTS = st.sampled_from(["no", "012", "2026-01-01", ":", "a: b", "---", "", "null", "#"]) | st.text(
    st.characters(codec="ascii").filter(lambda c: not CONTROL.match(c) and not HIDDEN.match(c)),
    max_size=20,
)
FIELDS = st.dictionaries(KEYS, TEXTS | st.lists(TEXTS, max_size=3), max_size=5)


@settings(max_examples=300)
@given(FIELDS, BODIES)
def test_what_is_composed_is_read_back_and_composed_the_same(fields, body):
    data = compose(fields, body)
    text = read(data)
    assert (text.fields, text.body) == (fields, body)
    assert compose(text.fields, text.body) == data
    assert data.decode().split("\n", text.body_line - 1)[-1] == body


@settings(max_examples=300)
@given(FIELDS, BODIES, FIELDS, st.none() | BODIES)
def test_a_change_sets_what_it_names_and_keeps_the_rest(fields, body, changes, new_body):
    data = compose(fields, body)
    after = change(data, changes, new_body)
    assert read(after).fields == {**fields, **changes}
    assert split(after)[1] == (body if new_body is None else new_body).encode()
    assert change(after, changes) == after


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                "# comment\n",
                "\n",
                "a: no\n",
                "b: 012   # as written\n",
                "c: 2026-01-01\n",
                "d: 'a: b'\n",
                'e: "x\\ny"\n',
                "f: [a,\n  b,  # c\n]\n",
                "g: |\n  text\n\n  --- no fence\n",
                "h:\n- a\n-   b\n",
                "i: >-\n    a\n    b\n\n",
            ]
        ),
        max_size=9,
        unique_by=lambda part: part if part[0].isalpha() else object(),
    ),
    BODIES,
)
def test_whatever_the_author_wrote_is_kept_byte_for_byte(parts, body):
    data = f"---\n{''.join(parts)}---\n{body}".encode()
    text = read(data)
    assert text.body == body
    assert change(data, {}) == change(data, text.fields) == change(data, {}, body) == data
