"""The quick reader of plain front matter says what the strict one says, or nothing."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from styrdokument.domain.problems import Refused
from styrdokument.store import plainyaml
from styrdokument.store.strictyaml import DEPTH, LIMIT, _build, read, write
from styrdokument.store.yamlscan import scan

PIECE = st.sampled_from(
    [
        *("id", "title", "a_b", "null", "Null", "NULL", "~", "no", "1042", "012", "2026-02-30"),
        *("2026-02-28", "Handhygien", "vård & omsorg", "a: b", "a:b", "a #b", "'x'", '"x"', '"'),
        *('"\\n"', '"[a, b]"', "[a, b]", "[a,b]", "[]", "[ a ]", "[a, [b]]", "{}", "|", ">", "&x"),
        *("*x", "!x", "%", "@", "`", "a\u0301", "\u200b", "\ufeff", "\t", " ", "", "-", "- a", "?"),
        *(
            "den 5:e",
            "(se s. 4)",
            "5 mg/l",
            "a b  c",
            "ö",
            "\u0430",
            "a\rb",
            "\x85",
            "\u2028",
            "😀",
        ),
    ]
)
LINE = st.one_of(
    st.tuples(PIECE, st.sampled_from([": ", ":", " : ", ":  "]), PIECE).map("".join),
    st.lists(PIECE, max_size=4).map(lambda parts: f"keywords: [{', '.join(parts)}]"),
    st.lists(PIECE, max_size=3).map("".join),
)
FILES = st.lists(LINE, min_size=1, max_size=5).map("\n".join)


@settings(max_examples=1500)
@given(FILES, st.sampled_from(["\n", ""]))
@example("id: 1042\ntitle: Handhygien\napplies_to: [region, vård]", "\n")
def test_what_is_read_quickly_is_what_the_strict_reader_says(text, end):
    data = (text + end).encode()
    quick = plainyaml.read(data)
    if quick is not None:
        assert _build(scan(data, LIMIT, DEPTH, 1)) == quick


@pytest.mark.parametrize("data", [b"", b"a: \xff\n", b"a: b", b"a: b\na: c\n", b"a: 2026-02-30\n"])
def test_what_could_be_wrong_is_left_to_the_strict_reader(data):
    assert plainyaml.read(data) is None


def test_what_is_read_quickly_is_still_refused_by_the_strict_rules_where_it_breaks_one():
    with pytest.raises(Refused):
        read(b"a: b\na: c\n")


def test_what_the_product_writes_is_read_quickly():
    fields = {"id": 1042, "title": "Handhygien på vårdavdelning", "applies_to": ["region", "ä"]}
    assert plainyaml.read(write(fields)) == {**fields, "id": "1042"}
