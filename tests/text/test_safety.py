"""Whatever is written, a page holds only what this list allows, and asks for nothing outside."""

import json
import os
import re
import tarfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from styrdokument.text.links import kind_of
from styrdokument.text.markdown import render
from styrdokument.text.redline import Words, redline

WORDS = Words(inserted="Tillagt", deleted="Borttaget", end="slut")
CONFORMANCE = Path(__file__).parents[3] / "shared" / "data" / "conformance.tar.gz"

ALLOWED = {
    **dict.fromkeys(("blockquote", "br", "code", "dd", "dl", "dt", "em", "hr", "p", "pre"), ""),
    **dict.fromkeys(("s", "strong", "sup", "thead", "tbody", "tr"), ""),
    **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6"], "id"),
    "a": "href title class rel id role",
    "div": "class tabindex role aria-labelledby",
    "img": "src alt title loading",
    "input": "type disabled checked",
    "label": "",
    "li": "id class",
    "ol": "start class",
    "section": "class role",
    "table": "",
    "td": "class",
    "th": "class scope",
    "ul": "class",
}
SAID = "id data-before data-after"
MARKED = {**ALLOWED, "ins": SAID, "del": SAID}
CLASSES = {
    *("external", "footnotes", "table-scroll", "align-left", "align-center", "align-right"),
    *("contains-task-list", "task-list-item"),
}
IDS = re.compile(r"(section|note|note-mark|change)(-[\w-]+)?")
VOID = {"br", "hr", "img", "input"}

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<form action=//evil><button formaction=javascript:alert(1)>x",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php alert(1) ?>",
    "</main></body><base href=//evil>",
    "<details open ontoggle=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](< javascript:alert(1)>)",
    "[x](javascript\\:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x) [x](file:///c:/) [x](blob:x) [x](view-source:x) [x](ms-word:x) [x](smb://x)",
    "[x](//evil.example) [x](/\\evil.example) [x](\\\\evil.example) [x](https:evil.example)",
    "[x](https://good.example@evil.example)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[x]\n\n[x]: <data:text/html,x> 'y'",
    "<javascript:alert(1)> <data:text/html,x> <vbscript:x>",
    '[x](/a "\\" onmouseover=alert(1) x=\\"")',
    "[x](/a '\"><script>alert(1)</script>')",
    '[x](/a"onmouseover=alert(1))',
    '![" onerror=alert(1) x="](a.png)',
    '![x](a.png "\\" onerror=alert(1)")',
    "![x](javascript:alert(1)) ![x](data:image/svg+xml,<svg>) ![x](https://evil.example/x.png)",
    "![![x](javascript:1)](a.png) [![x](https://evil.example/a.png)](https://evil.example)",
    "![<script>alert(1)</script>](a.png)",
    "[^1]\n\n[^1]: <script>alert(1)</script> [x](javascript:alert(1))",
    '[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: x',
    "[^a](javascript:1)\n\n[^a]: > x\n    > [^b]: y\n    z",
    '# x {#id onclick=alert(1)}\n\n# <script>alert(1)</script>\n\n# "onclick=alert(1)',
    "[x](/a){onclick=alert(1) style=x}",
    '```"><script>alert(1)</script>\nx\n```',
    "~~~ x onmouseover=alert(1)\n</code></pre><script>alert(1)</script>\n~~~",
    "|<script>|\n|:-:|\n|</td></table><script>alert(1)</script>|",
    "- [x] <img src=x onerror=alert(1)>\n- [ ] [a](javascript:1)",
    "x\n: <script>alert(1)</script>\n: > - [ ] y",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    '<http://example.org/"onmouseover=alert(1)> <x@y.example"onclick=alert(1)>',
    "[x](http://example.org/?a=<script>&b=\"'>)",
    "[a](x:y 'z') `<script>` ``</code>``",
    "\x00<script>\x0b\x0c alert(1)\u2028</script>",
    '[x](#"onclick=alert(1)) [x](#change-1) [x](?a=b)',
    "> - 1. > - [x](javascript:1)\n>\n>   </blockquote></div>",
]


class Balance(HTMLParser):
    """Fails on a tag that closes another than the last one opened, or is never closed."""

    def __init__(self):
        super().__init__()
        self.opened = []

    def handle_starttag(self, tag, attrs):
        assert tag in MARKED, (tag, attrs)
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag

    def handle_comment(self, data):
        pytest.fail(data)


def assert_safe(page, allowed=ALLOWED):
    balance = Balance()
    balance.feed(page)
    balance.close()
    assert balance.opened == []
    root = html.fromstring(f"<main>{page}</main>")
    ids = [element.get("id") for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert all(IDS.fullmatch(each) for each in ids)
    for element in root.iterdescendants():
        assert set(element.attrib) <= set(allowed[element.tag].split()), html.tostring(element)
        assert set(element.get("class", "").split()) <= CLASSES
        assert kind_of(element.get("href", "#")) is not None
    for picture in root.iter("img"):
        assert picture.get("src").startswith("/d/1/")
    assert not root.xpath("//a//a")


def page_of(body):
    return render(body, appendices="/d/1/")


@pytest.mark.parametrize("body", CORPUS)
def test_nothing_hostile_gets_onto_a_page(body):
    assert_safe(page_of(body))


@pytest.mark.parametrize("body", CORPUS)
def test_nothing_hostile_gets_into_the_page_of_changes(body):
    for old, new in (
        (body, "x"),
        ("x", body),
        (body, f"ny {body}\n\nny"),
        (f"# a\n\n{body}", body),
    ):
        assert_safe(redline(page_of(old), page_of(new), words=WORDS).html, MARKED)


def test_the_words_for_screen_readers_are_escaped():
    words = Words(inserted="<b>", deleted='"<i>', end="&")
    assert_safe(redline("<p>a b c d</p>", "<p>a b c e</p>", words=words).html, MARKED)


MARKS = st.sampled_from(
    [
        *"[]()<>!^*_`~|\\&#:/'\"\n\n \t-=+1.ax",
        "](",
        "![",
        "[^",
        "]: ",
        "<!--",
        "-->",
        "\n> ",
        "\n- ",
        "javascript:",
        "//",
        "&#",
        "|-|",
        "```",
        "- [ ] ",
        "\n    ",
        "http://",
        "[a]",
        "x.png",
        "<a ",
    ]
)


@given(st.lists(MARKS, max_size=60).map("".join))
def test_no_jumble_of_marks_gets_anything_else_onto_a_page(body):
    assert_safe(page_of(body))


@given(st.lists(MARKS, max_size=30).map("".join), st.lists(MARKS, max_size=30).map("".join))
def test_no_jumble_of_marks_gets_anything_else_into_the_page_of_changes(old, new):
    assert_safe(redline(page_of(old), page_of(new), words=WORDS).html, MARKED)


def outside_texts():
    """Texts nobody here wrote: conformance examples, regressions, naughty strings."""
    with tarfile.open(CONFORMANCE) as archive:
        for member in archive:
            is_markdown = member.name.startswith("./markdown/") and member.name.endswith(".json")
            if is_markdown and "/tests/" not in member.name:
                examples = json.load(archive.extractfile(member))
                yield from (example["markdown"] for example in examples)
            elif "/fixtures/" in member.name and member.name.endswith(".md"):
                whole = archive.extractfile(member).read().decode()
                yield from (whole, *whole.split("\n.\n"))
            elif member.name == "./blns.json":
                naughty = json.load(archive.extractfile(member))
                yield from (
                    *naughty,
                    *(f"[{x}]({x} '{x}')\n\n# {x}\n\n|{x}|\n|-|" for x in naughty),
                )


def test_nothing_in_texts_from_elsewhere_gets_anything_else_onto_a_page():
    if not CONFORMANCE.exists():
        assert os.environ.get("CI") != "true", f"{CONFORMANCE} is missing"
        print("left out: texts from elsewhere, which are not beside this repository")  # noqa: T201
        return
    bodies = list(outside_texts())
    assert len(bodies) > 2000
    for body in bodies:
        assert_safe(page_of(body))
