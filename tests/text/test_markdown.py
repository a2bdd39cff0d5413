import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from styrdokument.text.markdown import Heading, Link, finish, links, outline, render
from styrdokument.text.parsing import BRACKET_BUDGET, Parser, parser
from styrdokument.text.wording import without_marks


def page(body, **options):
    return html.fragment_fromstring(render(body, **options), create_parent="main")


def only(body, path, **options):
    (found,) = page(body, **options).xpath(f".//{path}")
    return found


def test_the_parser_in_use_has_no_raw_html_and_our_judgement_of_links():
    assert parser().options["html"] is False
    assert type(parser()) is Parser
    assert not parser().validateLink("javascript:alert(1)")
    assert not parser().validateLink("//example.org")
    assert parser().validateLink("https://example.org")
    assert not {"attr", "attrs", "linkify"} & set(parser().get_active_rules()["inline"])


def test_raw_html_and_comments_are_shown_as_the_text_they_are():
    root = page("<b>fet</b> <!-- dold -->\n\n<div onclick=x>\nblock\n</div>\n")
    assert "<b>fet</b> <!-- dold -->" in root.text_content()
    assert "<div onclick=x>" in root.text_content()
    assert {element.tag for element in root.iter()} == {"main", "p"}


def test_headings_go_one_level_down_only_where_the_text_has_a_level_one():
    assert [h.level for h in outline("# A\n\n## B\n\n###### C\n")] == [2, 3, 6]
    assert [h.level for h in outline("## A\n\n### B\n")] == [2, 3]


def test_anchors_are_readable_unique_and_never_the_pages_own():
    body = "# Åtgärder & ansvar\n\n# a\n\n# a\n\n# a-2\n\n# ???\n\n# 手\n"
    assert [h.anchor for h in outline(body)] == [
        "section-atgarder-ansvar",
        "section-a",
        "section-a-2",
        "section-a-2-2",
        "section",
        "section-手",
    ]


def test_the_outline_tells_what_the_page_shows():
    body = "Ingress\n\n## *Syfte* och `mål`\n\nText\n\nAnsvar\n---\n"
    headings = outline(body, heading_prefix="old-")
    assert headings[0] == Heading(
        level=2, text="Syfte och mål", anchor="old-section-syfte-och-mal", line=3
    )
    shown = page(body, heading_prefix="old-").xpath(".//h2")
    assert [(h.get("id"), h.text_content()) for h in shown] == [
        (h.anchor, h.text) for h in headings
    ]


def test_eight_thousand_equal_headings_get_as_many_anchors():
    anchors = {heading.anchor for heading in outline("# a\n" * 8000)}
    assert len(anchors) == 8000


def test_a_link_within_the_page_finds_its_heading():
    body = "[till syfte](#syfte) [annat](#annat)\n\n## Syfte\n"
    targets = [a.get("href") for a in page(body, heading_prefix="x-").iter("a")]
    assert targets == ["#x-section-syfte", "#annat"]


def test_an_external_link_says_so_and_tells_the_other_site_nothing():
    link = only("[Vårdhandboken](https://example.org/a)", "a")
    assert link.get("rel") == "noopener noreferrer"
    assert link.get("class") == "external"


def test_a_link_to_another_document_or_an_address_is_an_ordinary_link():
    for target in ("/documents/1042", "mailto:alma@example.org", "tel:+46123"):
        assert dict(only(f"[x]({target})", "a").attrib) == {"href": target}


def test_an_appendix_is_linked_to_and_its_picture_shown():
    assert only("[b](./bilaga.pdf)", "a", appendices="/d/1/").get("href") == "/d/1/bilaga.pdf"
    picture = only('![Karta *över* huset](karta.SVG "Plan")', "img", appendices="/d/1/")
    assert dict(picture.attrib) == {
        "src": "/d/1/karta.SVG",
        "alt": "Karta över huset",
        "title": "Plan",
        "loading": "lazy",
    }


@pytest.mark.parametrize("target", ["https://example.org/x.png", "/documents/1/x.png", "x.gif"])
def test_any_other_picture_is_a_link_with_its_words_and_is_never_fetched(target):
    root = page(f"![Karta]({target}) ![]({target})")
    assert not root.xpath(".//img")
    assert [a.text for a in root.iter("a")] == ["Karta", target]


def test_there_is_never_a_link_within_a_link():
    body = (
        "[![y](https://a.example/b.png)](/c) [a <https://b.example>](/c) [a[^1]](/c)\n\n[^1]: not\n"
    )
    root = page(body)
    assert not root.xpath(".//a//a")
    assert "[1]" in root.text_content()


def test_a_table_has_column_headers_and_can_be_scrolled_by_keyboard():
    root = page("## Doser\n\n| Dos |  | mg |\n|:--|:-:|--:|\n| a | b | 1 |\n")
    assert [th.get("scope") for th in root.iter("th")] == ["col", "col"]
    classes = [cell.get("class") for cell in root.xpath(".//tbody//td")]
    assert classes == ["align-left", "align-center", "align-right"]
    (region,) = root.xpath(".//div[table]")
    assert (region.get("tabindex"), region.get("aria-labelledby")) == ("0", "section-doser")
    assert "style" not in render("|a|\n|:-:|\n")


def test_a_box_to_tick_is_named_by_its_words_and_cannot_be_ticked():
    boxes = page("- [ ] Tvätta **händer**\n- [x] Sprita\n\n  Mer\n").xpath(".//label")
    assert [box.text_content().strip() for box in boxes] == ["Tvätta händer", "Sprita"]
    inputs = [box.find("input").attrib for box in boxes]
    assert all("disabled" in attributes for attributes in inputs)
    assert ["checked" in attributes for attributes in inputs] == [False, True]


def test_notes_stand_last_and_lead_back_to_each_place_they_were_called_from():
    root = page("Ett[^a] två[^a].\n\n[^a]: Källa\n", heading_prefix="x-")
    (note,) = root.xpath(".//section[@class='footnotes']//li")
    assert note.get("id") == "x-note-1"
    backs = [a.get("href").removeprefix("#") for a in note.iter("a")]
    assert backs == [a.get("id") for a in root.xpath(".//p/sup/a")]
    assert len(set(backs)) == 2


def test_a_note_within_a_note_is_shown_as_text_and_takes_nothing_away():
    text = page("a[^1]\n\n[^1]: > ett\n    > [^2]: två\n\n    tre\n").text_content()
    assert all(word in text for word in ("ett", "[^2]: två", "tre"))


def test_terms_and_struck_out_words_and_code_are_shown():
    root = page("Term\n: Betydelse\n\n~~bort~~\n\n```js x\n<a>\n```\n")
    assert root.findtext(".//dd") == "Betydelse"
    assert root.findtext(".//s") == "bort"
    assert root.xpath(".//pre/code")[0].attrib == {}
    assert root.findtext(".//pre/code") == "<a>\n"


def test_links_are_told_with_target_words_and_line_allowed_or_not():
    body = "Ett\n[a *b*](/x)\n\n> ![k](ftp://c)\n\n| <javascript:d> |\n|---|\n| [r] |\n\n[r]: /y\n"
    assert links(body) == (
        Link(target="/x", text="a b", line=2, is_picture=False),
        Link(target="ftp://c", text="k", line=4, is_picture=True),
        Link(target="javascript:d", text="javascript:d", line=6, is_picture=False),
        Link(target="/y", text="r", line=8, is_picture=False),
    )


def test_past_the_budget_for_brackets_a_passage_is_plain_text_and_nothing_is_lost():
    length = int(BRACKET_BUDGET**0.5) + 1
    body = f"[före](/a)\n\n{'[' * length}*slut*\n\n[efter](/b)\n"
    root = page(body)
    assert "*slut*" in root.text_content()
    assert [a.text for a in root.iter("a")] == ["före"]


WORDS = st.text("abcåäö0123456789", min_size=1, max_size=8)
INLINE = st.builds(
    lambda form, word: form.format(word),
    st.sampled_from(
        ["{}", "*{}*", "**{}**", "`{}`", "[{}](/x)", "![{}](a.png)", "~~{}~~", "<b>{}</b>", "\\*{}"]
    ),
    WORDS,
)
LINE = st.lists(INLINE, min_size=1, max_size=6).map(" ".join)
BLOCK = st.builds(
    lambda form, line: form.format(line),
    st.sampled_from(
        ["{}", "## {}", "- {}", "1. {}", "> {}", "- [ ] {}", "|{}|b|\n|-|-|\n|c|d|", "    {}"]
    ),
    LINE,
)


@given(st.lists(BLOCK, max_size=8).map("\n\n".join), WORDS)
def test_every_word_that_was_written_is_on_the_page_and_in_the_search(body, word):
    written = f"{body}\n\n{word}\n"
    text = re.sub(r"^1\. |\]\([^)]*\)", "", written, flags=re.MULTILINE)
    found, shown = without_marks(written), render(written)
    for token in re.findall(r"[0-9a-zåäö]+", text):
        assert token in found
        assert token in shown


@given(st.text(alphabet="# *_[]()|-`>\n1aå:!", max_size=80))
def test_a_finished_body_is_what_is_rendered_and_listed(body):
    finished = finish(body, appendices="/a/")

    assert finished.html == render(body, appendices="/a/")
    assert finished.outline == outline(body)
