import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from styrdokument.text import alignment, blocks, comparison
from styrdokument.text.markdown import render
from styrdokument.text.redline import Change, Words, redline
from tests.text.redlines import assert_true, content, tree

WORDS = Words(inserted="Tillagt", deleted="Borttaget", end="slut")


def compared(old, new):
    return redline(render(old), render(new), words=WORDS)


WORD = st.sampled_from(
    [
        *("och", "i", "37,5", "°C", "5", "mg", "2", "026", "händer", "alltid.", "före,", "efter;"),
        *(
            "08-123 45 67",
            "5 &",
            "&amp;",
            "**fet**",
            "*kursiv*",
            "`kod`",
            "[länk](/x)",
            "[annan](b.pdf)",
            "![bild](a.png)",
        ),
        *("~~bort~~", "<b>rå</b>", "åäö", "[^1]", "[^2]", "10\u00a0mg", "[två ord](#a)"),
    ]
)
LINE = st.lists(WORD, min_size=1, max_size=9).map(" ".join)
TABLE = (
    st.integers(1, 4)
    .flatmap(
        lambda width: st.lists(
            st.lists(LINE | st.just(""), min_size=width, max_size=width), min_size=1, max_size=5
        )
    )
    .map(
        lambda rows: "\n".join(
            [f"|{'|'.join(row)}|" for row in rows[:1]]
            + ["|" + "-|" * len(rows[0])]
            + [f"|{'|'.join(row)}|" for row in rows[1:]]
        )
    )
)


def listed(mark):
    item = st.builds(
        lambda line, under, box: f"{mark} {box}{line}" + "".join(f"\n   - {u}" for u in under),
        LINE,
        st.lists(LINE, max_size=2),
        st.sampled_from(["", "[ ] ", "[x] "]),
    )
    return st.builds(
        lambda items, gap: gap.join(items),
        st.lists(item, min_size=1, max_size=4),
        st.sampled_from(["\n", "\n\n"]),
    )


BLOCK = st.one_of(
    LINE,
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###"]), LINE),
    listed("-"),
    listed("1."),
    listed("3."),
    TABLE,
    LINE.map("> {}".format),
    st.builds("> {}\n>\n> - {}".format, LINE, LINE),
    st.builds("```\n{}\n    {}\n```".format, LINE, LINE),
    st.builds("{}\n: {}".format, LINE, LINE),
    st.builds("{}\\\n{}".format, LINE, LINE),
    st.just("---"),
    st.builds("[^{}]: {}".format, st.sampled_from("12"), LINE),
)
DOCUMENT = st.lists(BLOCK, max_size=6)
EDIT = st.tuples(st.sampled_from(["drop", "put", "swap", "word"]), st.integers(0, 99), BLOCK, WORD)


def edited(blocks, edits):
    blocks = list(blocks)
    for kind, place, block, word in edits:
        at = place % (len(blocks) + 1)
        if kind == "put":
            blocks.insert(at, block)
        elif at < len(blocks) and kind == "drop":
            del blocks[at]
        elif at < len(blocks) and kind == "swap":
            blocks.insert(0, blocks.pop(at))
        elif at < len(blocks):
            words = blocks[at].split(" ")
            words[place % len(words)] = word
            blocks[at] = " ".join(words)
    return blocks


@pytest.mark.slow
@settings(max_examples=250)
@given(DOCUMENT, st.lists(EDIT, max_size=5))
def test_both_pages_can_be_had_back_from_the_page_of_changes(blocks, edits):
    old, new = (render("\n\n".join(each)) for each in (blocks, edited(blocks, edits)))
    result = redline(old, new, words=WORDS)
    assert_true(result, old, new)
    assert result.html == redline(old, new, words=WORDS).html


@pytest.mark.slow
@settings(max_examples=60)
@given(DOCUMENT, DOCUMENT)
def test_both_pages_can_be_had_back_where_nothing_is_alike(one, other):
    old, new = render("\n\n".join(one)), render("\n\n".join(other))
    assert_true(redline(old, new, words=WORDS), old, new)


@pytest.mark.slow
@settings(max_examples=60)
@given(blocks=DOCUMENT, edits=st.lists(EDIT, max_size=5), steps=st.integers(0, 2000))
def test_with_little_work_the_changes_are_coarser_and_still_true(blocks, edits, steps):
    old, new = (render("\n\n".join(each)) for each in (blocks, edited(blocks, edits)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "Work", lambda: alignment.Work(steps))
        assert_true(redline(old, new, words=WORDS), old, new)


@settings(max_examples=40)
@given(DOCUMENT)
def test_a_page_compared_with_itself_has_no_changes(blocks):
    page = render("\n\n".join(blocks))
    result = redline(page, page, words=WORDS)
    assert result.changes == ()
    assert content(tree(result.html)) == content(tree(page))


def said(old, new):
    return [(change.before, change.after) for change in compared(old, new).changes]


def test_a_change_says_what_stood_and_what_stands_and_where():
    result = compared(
        "Tvätta händerna med tvål före måltid.", "Tvätta händerna med sprit före måltid."
    )
    assert result.changes == (
        Change(
            kind="replaced",
            before="tvål",
            after="sprit",
            lead="Tvätta händerna med ",
            trail=" före måltid.",
            heading="",
            anchor="change-1",
        ),
    )
    assert result.html == (
        "<p>Tvätta händerna med "
        '<del id="change-1" data-before="[Borttaget " data-after=" slut]">tvål</del>'
        '<ins data-before="[Tillagt " data-after=" slut]">sprit</ins> före måltid.</p>'
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("37,5 °C", "37,6 °C"),
        ("0,5 ml", "5 ml"),
        ("2 026 mg", "2 027 mg"),
        ("5 mg/kg", "5 mg/dag"),
        ("2026-11-21", "2026-12-21"),
        ("<38 °C", ">38 °C"),
        ("5\u201310 mg", "5\u201315 mg"),
        ("-2 °C", "2 °C"),
        ("10\u00a0mg", "100\u00a0mg"),
        ("50 %", "60 %"),
        ("10 000 kr", "12 000 kr"),
        ("08-123 45 67", "08-123 45 68"),
        ("+46 8 123 45 67", "+46 8 123 45 99"),
        ("010-105 00 00", "010-105 90 00"),
        ("kl. 07.30\u201316.00", "kl. 07.30\u201317.00"),
        ("38 §", "39 §"),
        ("20 sekunder", "30 sekunder"),
    ],
)
def test_a_number_with_its_unit_changes_as_a_whole(old, new):
    sentence = "Ge patienten {} vid behov enligt ordination."
    changed = (old.removeprefix("kl. "), new.removeprefix("kl. "))
    assert said(sentence.format(old), sentence.format(new)) == [changed]


def test_phrases_change_rather_than_single_words():
    old = "Personalen ska alltid tvätta händerna med tvål och vatten före och efter vård."
    new = "Personalen ska alltid desinfektera händerna med sprit och handskar före och efter vård."
    assert said(old, new) == [
        ("tvätta", "desinfektera"),
        ("tvål och vatten", "sprit och handskar"),
    ]


def test_emphasis_and_where_a_link_leads_are_changes():
    assert said("Ge *aldrig* mer än en.", "Ge **aldrig** mer än en.") == [("aldrig", "aldrig")]
    old, new = (
        "Se även [rutin för dos](/documents/1000) här.",
        "Se även [rutin för dos](/documents/1001) här.",
    )
    assert said(old, new) == [("rutin för dos", "rutin för dos")]


def test_a_link_with_a_changed_word_stays_one_link():
    root = tree(compared("Se [den gamla rutinen](/x) nu.", "Se [den nya rutinen](/x) nu.").html)
    (link,) = root.iter("a")
    assert [child.tag for child in link] == ["del", "ins"]


def test_equal_links_side_by_side_stay_two():
    old, new = "Se [a](/x) [a](/x) nu.", "Se [a](/x) [a](/x) sedan."
    assert len(tree(compared(old, new).html).xpath("//a")) == 2


def test_an_id_stands_once_where_a_change_parts_its_element():
    old = '<p>Se <a href="/x">ett</a> borta <a href="/x">tre fyra fem</a></p>'
    new = '<p>Se <a href="/x" id="note-1">ett ny tre fyra fem</a></p>'
    result = redline(old, new, words=WORDS)
    assert len(tree(result.html).xpath("//a[@href='/x']")) == 2
    assert_true(result, old, new)


def test_a_paragraph_that_is_replaced_and_one_that_came_are_told_apart():
    old = "Första stycket om hygien står kvar.\n\nTvå ord här.\n\nSista stycket om hygien är kvar."
    new = old.replace("Två ord här.", "Helt annan sak.").replace("Sista", "Inskjutet!\n\nSista")
    assert said(old, new) == [("Två ord här.", "Helt annan sak. Inskjutet!")]


def test_a_row_that_is_gone_stays_a_row_in_its_table():
    head = "| Läkemedel | Dos |\n|---|---|\n"
    result = compared(f"{head}|Alvedon|1 g|\n|Ipren|400 mg|", f"{head}|Alvedon|1 g|")
    rows = tree(result.html).xpath("//tbody/tr")
    assert [len(row.xpath("td")) for row in rows] == [2, 2]
    assert [len(row.xpath("td/del")) for row in rows] == [0, 2]
    assert [(c.kind, c.before) for c in result.changes] == [("deleted", "Ipren 400 mg")]


@pytest.mark.parametrize("is_swapped", [False, True])
def test_a_column_that_came_or_went_is_one_change_and_rows_stay_even(is_swapped):
    narrow = "|Namn|Dos|\n|-|-|\n|Alvedon|1 g|\n|Ipren|400 mg|"
    wide = "|Namn|Form|Dos|\n|-|-|-|\n|Alvedon|tablett|1 g|\n|Ipren|kapsel|200 mg|\n|Ny|saft|1 ml|"
    result = compared(*((wide, narrow) if is_swapped else (narrow, wide)))
    assert {len(row) for row in tree(result.html).iter("tr")} == {3}
    column, dose, row = result.changes
    assert "Form" in column.before + column.after
    assert {dose.before, dose.after} == {"400 mg", "200 mg"}
    assert "1 ml" in row.before + row.after


def test_a_box_that_was_ticked_is_a_change():
    assert said("- [ ] Tvätta händerna", "- [x] Tvätta händerna") == [("☐", "☑")]


def test_a_list_that_counts_from_another_number_is_replaced():
    root = tree(compared("1. ett\n2. två", "3. ett\n4. två").html)
    assert [ol.get("start") for ol in root.iter("ol")] == [None, "3"]


def test_a_level_of_heading_and_a_ruled_line_are_changes():
    assert said("## Syfte och mål", "### Syfte och mål") == [("Syfte och mål", "Syfte och mål")]
    assert said("Text", "Text\n\n---") == [("", "—")]


def test_blank_lines_between_items_and_lines_broken_elsewhere_are_no_changes():
    assert said("- ett\n- två", "- ett\n\n- två") == []
    assert said("ett två\ntre 5\nmg", "ett\ntvå tre 5 mg") == []


def test_an_empty_row_or_item_that_came_is_shown():
    result = compared("- ett", "- ett\n-")
    assert [(c.kind, c.before, c.after) for c in result.changes] == [("inserted", "", "")]
    assert tree(result.html).xpath("//li[2]/ins[@id='change-1']")


def test_a_long_change_is_told_by_its_beginning():
    (change,) = compared("", "ord " * 200).changes
    assert len(change.after) <= 200
    assert change.after.endswith("ord…")


def heavy():
    lines = [f"Rad {n} om handhygien och basala rutiner nummer {{}}" for n in range(600)]
    similar = ["\n\n".join(x.format(n * k) for n, x in enumerate(lines)) for k in (3, 7)]
    few = [f"o{n * n % 9973}" for n in range(30_000)]
    rows = ["|a|b|\n|-|-|\n" + "\n".join(f"|{n}|{x} mg|" for n in range(1500)) for x in "57"]
    items = ["\n".join(f"- punkt {n % m} om {n}" for n in range(3000)) for m in (9, 7)]
    return {
        "1,500 rows, each changed": rows,
        "a column more in 1,500 rows": [rows[0], re.sub(r"(?m)\|([^|]*)$", r"|\1ny|", rows[0])],
        "3,000 items, most of them changed": items,
        "600 similar paragraphs": similar,
        "600 similar lines": [text.replace("\n\n", "\n") for text in similar],
        "20,000 repetitive words": ["ab ba " * 10_000, "ba ab ab " * 6_666],
        "5,000 equal paragraphs": [
            "samma\n\n" * 5000,
            "samma\n\n" * 4000 + "ny\n\n" + "samma\n\n" * 900,
        ],
        "one long line, few changes": [" ".join(few), " ".join([*few[:9000], "ny", *few[9001:]])],
        "one long line, all moved": [" ".join(few), " ".join(few[::-1])],
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", heavy())
def test_a_heavy_comparison_is_true(name):
    old, new = map(render, heavy()[name])
    assert_true(redline(old, new, words=WORDS), old, new)


def test_a_word_changed_in_a_very_long_line_is_still_told_by_itself():
    old, new = heavy()["one long line, few changes"]
    assert said(old, new) == [(old.split()[9000], "ny")]


def test_a_change_is_told_with_the_heading_it_stands_under():
    old = "Först.\n\n# Syfte\n\nEtt och ett.\n\n## Ansvar\n\n- Chefen svarar\n- Alla svarar"
    new = old.replace("Först", "Sist").replace("och ett", "och två").replace("Alla", "Ingen")
    changes = compared(old, f"{new}\n\n## Nytt\n\nMera.").changes
    assert [change.heading for change in changes] == ["", "Syfte", "Ansvar", "Nytt"]


def test_anchors_take_the_prefix_of_the_page_they_share():
    result = redline("<p>a</p>", "<p>b</p>", words=WORDS, prefix="document-1001-")
    assert result.changes[0].anchor == "document-1001-change-1"
    assert tree(result.html).xpath("//*[@id='document-1001-change-1']")


def test_what_is_far_from_a_change_may_be_folded_but_not_what_is_next_to_it():
    old = "\n\n".join(f"Stycke {n}." for n in range(20))
    stretches = list(compared(old, old.replace("Stycke 10.", "Annat 10.")).stretches())
    assert [stretch.unchanged for stretch in stretches if stretch.unchanged] == [9, 8]
    near = "".join(stretch.html for stretch in stretches if not stretch.unchanged)
    assert tree(near).text_content().startswith("Stycke 9.")
    assert "Stycke 11." in near


def test_few_unchanged_blocks_are_not_folded():
    result = compared("a\n\nb\n\nc\n\nd", "a\n\nb\n\nc\n\nny")
    assert not any(stretch.unchanged for stretch in result.stretches())


def test_side_by_side_a_block_stands_beside_what_became_of_it():
    old = "Lika.\n\nEn mening som blir kvar.\n\nBort härifrån."
    new = "Lika.\n\nEn mening som är kvar.\n\nNytt stycke i stället, utan likhet."
    rows = [
        (tree(row.old).text_content().strip(), tree(row.new).text_content().strip(), row.is_same)
        for row in compared(old, new).rows()
    ]
    assert rows == [
        ("Lika.", "Lika.", True),
        ("En mening som blir kvar.", "En mening som är kvar.", False),
        ("Bort härifrån.", "Nytt stycke i stället, utan likhet.", False),
    ]


def test_nothing_is_read_of_blocks_that_are_equal_as_they_are_written(monkeypatch):
    read = []
    words_of = blocks.words_of
    monkeypatch.setattr(
        blocks, "words_of", lambda inner, **how: read.append(inner) or words_of(inner, **how)
    )
    old = "\n\n".join(f"Stycke {n} med ord." for n in range(50))
    assert said(old, old.replace("7 med", "7 utan"))
    assert {text for text in read if text} == {
        f"Stycke {n} {word} ord." for n in (7, 17, 27, 37, 47) for word in ("med", "utan")
    }


def test_a_page_whose_tags_do_not_match_is_refused():
    for page in ("<p>a", "a</p>", "<ul><li>a</ul></li>", "<p>a</h2>"):
        with pytest.raises(ValueError, match=r"closed|open"):
            redline(page, "<p>b</p>", words=WORDS)


def test_a_table_with_another_header_altogether_is_not_given_columns() -> None:
    old = render("|och|\n|-|\n|och|\n")
    new = render("|och|och och och och|\n|-|-|\n")

    assert_true(redline(old, new, words=WORDS), old, new)
