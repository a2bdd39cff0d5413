import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from styrdokument.domain.problems import Code, Problem
from styrdokument.text import lint
from styrdokument.text.lint import blocks_saving, findings
from styrdokument.text.markdown import links_in, render
from styrdokument.text.parsing import reader


def told(body, **options):
    return [(p.rule, p.line) for p in findings(body, **options)]


def test_an_ordinary_text_has_no_problems():
    body = (
        "# Syfte\n\nSe [karta](karta%201.png), [1042](/documents/1042) och *mer*[^1].\n\n"
        "| a | b |\n|---|---|\n| 1 \\| 2 | [x][r] |\n\n> - [ ] <b>rå</b>\n\n"
        "```\n<!-- [XX] -->\n```\n\n"
        "[r]: https://example.org\n\n[^1]: Not\n"
    )
    assert findings(body, appendices={"karta 1.png"}, headings=["Syfte"]) == ()


def test_a_problem_says_what_field_rule_line_and_value_it_is_about():
    (problem,) = findings("a\n\n[b](smb://c)\n", first_line=10)
    assert problem == Problem(
        code=Code.BAD_TEXT, field="text", rule="bad_link", line=12, values={"target": "smb://c"}
    )
    assert problem.values == {"target": "smb://c"}


@pytest.mark.parametrize("target", ["javascript:alert(1)", "file:///c", "//evil", "ms-word:x"])
def test_a_link_that_would_be_shown_as_text_is_named(target):
    assert told(f"a\n[x]({target})\n") == [("bad_link", 2)]
    assert told(f"[x][r]\n\n[r]: {target}\n") == [("bad_link", 1)]


def test_an_appendix_that_is_not_there_is_named_for_links_and_pictures():
    body = "[a](finns.pdf)\n[b](saknas.pdf)\n![c](./saknas.png)\n[d](mapp/finns.pdf)\n"
    found = findings(body, appendices=["finns.pdf"])
    assert [(p.line, p.values["name"]) for p in found] == [
        (2, "saknas.pdf"),
        (3, "saknas.png"),
        (4, "mapp/finns.pdf"),
    ]


def test_a_picture_without_words_is_named():
    assert told("![](a.png)\n", appendices=["a.png"]) == [("missing_alternative", 1)]


def test_obligatory_headings_are_found_whatever_their_capitals_level_and_number():
    body = "# 1. SYFTE\n\n### Ansvar  och roller\n"
    wanted = ["Syfte", "ansvar och roller", "Genomförande"]
    (problem,) = findings(body, headings=wanted)
    assert (problem.rule, problem.line) == ("missing_heading", 0)
    assert problem.values == {"heading": "Genomförande"}


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("a <!-- b --> c\n", 1),
        ("a\n\n<!-- b\nc -->\n", 3),
        ("a\n\n[//]: # (dold text)\n", 3),
        ("a\n\n[oanvänd]: /x 'dold'\n", 3),
        ("[a]\n\n[a]: /x\n[a]: /y 'dold'\n", 4),
        ("a\n\n[^1]: dold\n", 3),
        ("a[^1]\n\n[^1]: dold\n\n[^1]: syns\n", 3),
        ("|a|b|\n|-|-|\n|1|2|dold|\n", 3),
        ("> |a|b|\n> |-|-|\n> 1|2|dold\n", 3),
        ("```js dold text\nx\n```\n", 1),
    ],
)
def test_text_that_no_page_shows_is_named(body, line):
    assert told(body) == [("hidden_text", line)]


def test_what_a_template_asked_for_is_named_until_it_is_filled_in():
    body = "Från [2026-XX-XX]\nav [Skriv här vem]. [XX](/x) `[XX]` [sic]\n"
    assert told(body, prompts=["skriv"]) == [("placeholder", 1), ("placeholder", 2)]


def test_characters_and_line_endings_are_named_by_line():
    assert told("a\n\u202eb\n\u200bc\n\x07d\n") == [
        ("bidi_control", 2),
        ("invisible_character", 3),
        ("control_character", 4),
    ]
    assert told("a\r\nb\r\n") == [("not_normal", 1)]


def test_a_text_too_large_is_told_before_it_is_read():
    assert told("å" * (lint.LARGEST // 2 + 1)) == [("too_large", 0)]
    assert told("a\n" * lint.MOST_LINES + "b\n") == [("too_complex", 0)]
    assert told("*" * (lint.MOST_MARKS + 1) + "\n") == [("too_complex", 0)]
    assert told(("- " * 10 + "a\n") * (lint.MOST_MARKS // 10 + 1)) == [("too_complex", 0)]
    assert told(("> " * 10 + "a\n") * (lint.MOST_MARKS // 10 + 1)) == [("too_complex", 0)]


def test_a_text_that_would_cost_too_much_is_refused():
    assert told("[" * 5000 + "\n") == [("too_complex", 1)]
    long = "[a]: /" + "b" * 3000 + "\n\n" + "[a] " * 900
    assert told(f"{long}\n") == [("too_complex", 0)]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("too_many_cells", lambda n: "|a|b|\n|-|-|\n" + "|1|2|\n" * (n // 2 - 1)),
        ("too_many_cells", lambda n: "|a|b|\n|-|-|\n" + "1\n" * (n // 2 - 1)),
        ("too_many_items", lambda n: "- a\n" * n),
        ("too_many_items", lambda n: "1. a\n   - b\n" * (n // 2)),
        ("too_many_items", lambda n: "a\n" + ": b\n" * n),
        ("too_many_links", lambda n: "[a](/b)\n\n" * n),
        ("too_many_links", lambda n: "<ab:c>\n\n" * n),
    ],
)
def test_a_page_has_so_many_cells_items_and_links_and_no_more(monkeypatch, rule, text):
    names, _ = lint.MOST_OF[rule]
    monkeypatch.setattr(lint, "MOST_OF", {**lint.MOST_OF, rule: (names, 100)})
    lint._read.cache_clear()
    assert rule not in {p.rule for p in findings(text(100))}
    (problem,) = (p for p in findings(text(102)) if p.rule == rule)
    assert problem.values == {"count": 102, "most": 100}
    assert blocks_saving(problem)
    lint._read.cache_clear()


def test_a_body_is_read_once_whatever_stands_beside_it(monkeypatch):
    reads = []
    parse = reader().parse
    monkeypatch.setattr(reader(), "parse", lambda *given: reads.append(given) or parse(*given))
    body = "# Syfte\n\n[a](a.pdf) [2026-XX-XX] läst en gång\n"
    assert told(body) == [("missing_appendix", 3), ("placeholder", 3)]
    assert told(body, appendices=["a.pdf"]) == [("placeholder", 3)]
    assert told(body, appendices=["a.pdf"], headings=["Ansvar"])[0] == ("missing_heading", 0)
    assert len(reads) == 1


def test_the_words_of_many_links_on_a_line_are_looked_for_from_each_link_only():
    many = links_in(reader().parse("<http://a> " * 9000, {}))
    assert [link.text for link in many] == ["http://a"] * 9000


def test_what_is_nested_too_deep_is_named_before_the_parser_leaves_anything_out():
    for mark in ("> ", "- ", "1. ", ">- "):
        assert ("too_deep", 1) in told(mark * 60 + "djupt\n")
        assert told(mark * 5 + "grunt\n") == []


def test_only_what_harms_the_record_or_the_reader_stops_saving():
    saving = (
        "too_large too_complex too_deep control_character bidi_control not_normal"
        " too_many_cells too_many_items too_many_links"
    )
    later = (
        "invisible_character mixed_alphabets hidden_text bad_link missing_appendix"
        " missing_alternative missing_heading placeholder"
    )
    for rules, stops in ((saving, True), (later, False)):
        for rule in rules.split():
            assert blocks_saving(Problem(code=Code.BAD_TEXT, rule=rule)) is stops
    assert not blocks_saving(Problem(code=Code.BAD_APPENDIX, rule="too_large"))


def test_as_many_findings_of_a_rule_are_told_as_anybody_reads():
    assert len(findings("[a](x:y)\n" * 1000)) == lint.MOST_OF_A_RULE


PIECES = st.sampled_from(
    [
        *("[a]: /x", "[^1]: b", "[^1]", "[a]", "|c|d|\n|-|-|", "|e|f|g|", "- h", "  > i", "```j k"),
        *("l", "# m", "n\n===", "<!-- o -->", "    p", "1. q", "![r](s.png)", "t\n: u", ": v", ""),
    ]
)


@given(st.lists(PIECES, max_size=10))
def test_every_word_is_on_the_page_or_a_finding_says_why_not(pieces):
    body = "\n".join(pieces) + "\n"
    hidden = {p.rule for p in findings(body)} & {"hidden_text", "too_deep"}
    shown = html.fragment_fromstring(render(body), create_parent="main").text_content()
    shown += "".join(html.fromstring(f"<main>{render(body)}</main>").xpath("//@alt"))
    written = " ".join(pieces).replace("(s.png)", "").replace("/x", "").replace("[a]:", "")
    for letter in filter(str.isalpha, written.replace("```j", "")):
        assert hidden or letter in shown
