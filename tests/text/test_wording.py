"""The words of a text as written: what a reader sees can be searched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from styrdokument.text.markdown import render
from styrdokument.text.wording import without_marks


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("# Ett\n\n- två *tre*\n  rad\n", "Ett två tre rad"),
        ("|fyra|fem|\n|-|-|\n|`sex`|sju|\n", "fyra fem sex sju"),
        ("hand**sprit**en och ~~bort~~", "handspriten och bort"),
        ("se [kartan](karta.png) och ![bild](b.png)", "se kartan och bild"),
        ("2*3 eller 5 * 3", "2*3 eller 5 * 3"),
        ("fil_namn och _kursivt_", "fil_namn och kursivt"),
        ("R&amp;D &aring;r", "R&D år"),
        ("```js\nkod\n```\n", "kod"),
    ],
)
def test_the_words_are_there_and_the_marks_are_not(body, words):
    assert without_marks(body) == words


WORD = st.text(alphabet="abcåäö", min_size=1, max_size=6)
INLINE = st.one_of(
    WORD,
    WORD.map("*{}*".format),
    WORD.map("**{}**".format),
    WORD.map("a**{}**b".format),
    WORD.map("`{}`".format),
    WORD.map("[{}](https://example.org/x)".format),
)
LINE = st.lists(INLINE, min_size=1, max_size=4).map(" ".join)
BLOCKS = st.one_of(
    LINE,
    LINE.map("## {}".format),
    LINE.map("- {}".format),
    LINE.map("> {}".format),
    LINE.map("| {0} | b |\n| --- | --- |\n| c | {0} |".format),
    LINE.map("Term\n: {}".format),
    LINE.map("ord[^1]\n\n[^1]: {}".format),
)


@given(st.lists(BLOCKS, max_size=6).map("\n\n".join))
def test_every_word_on_the_page_can_be_searched_for(body):
    found = without_marks(body)
    blocks = html.fragment_fromstring(render(body), create_parent="main").itertext()
    pages = [" ".join(blocks)]
    for word in (w for text in pages for w in text.split() if w.isalpha()):
        assert word in found
