"""Appendices: what their name says, and nothing that runs or calls outside."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from styrdokument.domain.problems import Code
from styrdokument.text.appendix import LIMIT, PICTURE_LIMIT, UNPACKED_LIMIT, findings

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
PDF = b"%PDF-1.7\n"
HTML = b"<!doctype html><script>alert(1)</script>"
CONTENT_TYPES = ("[Content_Types].xml", b"<Types/>")


def archive(*parts):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts:
            made.writestr(name, content)
    return held.getvalue()


DOCX = archive(CONTENT_TYPES, ("word/document.xml", b"<w/>"), ("word/media/a..b.png", PNG))
XLSX = archive(CONTENT_TYPES, ("xl/workbook.xml", b"<x/>"))


def picture(inside="", **attributes):
    own = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' xmlns:h="http://www.w3.org/1999/xhtml"{own}>{inside}</svg>'
    ).encode()


def rules(name, data):
    found = findings(name, data)
    assert {p.code for p in found} <= {Code.BAD_APPENDIX}
    assert all(p.values["name"] == name for p in found)
    return [p.rule for p in found]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bild.png", PNG),
        ("bild.jpg", JPEG),
        ("bild.jpeg", JPEG),
        ("blankett.pdf", PDF),
        ("mall.docx", DOCX),
        ("tabell.xlsx", XLSX),
        ("lista.csv", "enhet;antal\nmottagning å;3\n".encode()),
        ("lista.csv", "\ufeffenhet;antal\r\n".encode()),
        ("karta.svg", picture("<g><path d='M0 0'/></g>")),
    ],
)
def test_a_file_that_is_what_its_name_says_is_taken(name, data):
    assert findings(name, data) == ()


CONTENTS = {
    "png": PNG,
    "jpg": JPEG,
    "pdf": PDF,
    "docx": DOCX,
    "xlsx": XLSX,
    "svg": picture(),
    "html": HTML,
    "zip": archive(("a", b"")),
    "old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "padded": b" " + PNG + PDF,
}


@pytest.mark.parametrize("extension", ["png", "jpg", "jpeg", "pdf", "docx", "xlsx", "svg"])
@pytest.mark.parametrize("content", CONTENTS)
def test_a_file_that_is_something_else_is_refused(extension, content):
    if content != extension.replace("jpeg", "jpg"):
        found = rules(f"a.{extension}", CONTENTS[content])
        assert found == ["wrong_type"]


@pytest.mark.parametrize("data", [b"a;b\0", b"a;\xff", "a;b".encode("utf-16")])
def test_a_table_that_is_not_text_is_refused(data):
    assert rules("a.csv", data) == ["wrong_type"]


def test_all_reasons_are_told():
    assert rules("a:b.png", HTML) == ["name_character", "wrong_type"]
    assert rules(".git", b"") == ["name_git", "empty"]
    assert rules("a.exe", b"MZ") == ["name_extension"]


def test_a_file_over_the_limit_is_refused_unread():
    assert rules("a.png", PNG.ljust(LIMIT, b"\0")) == []
    assert rules("a.png", PNG.ljust(LIMIT + 1, b"\0")) == ["too_large"]
    assert rules("a.svg", picture().ljust(PICTURE_LIMIT, b"\n")) == []
    assert rules("a.svg", b"<" * (PICTURE_LIMIT + 1)) == ["too_large"]


# Word and Excel


def directory_only(*, count, size=0, flags=0, name=b"a", extra=b""):
    """A zip of directory entries without content: what a hostile hand would write."""
    entry = (
        b"PK\1\2" + bytes(4) + flags.to_bytes(2, "little") + bytes(14)
        + size.to_bytes(4, "little") + len(name).to_bytes(2, "little") + bytes(16) + name
    )  # fmt: skip
    head = b"PK\3\4"
    end = (
        extra + b"PK\5\6" + bytes(4) + count.to_bytes(2, "little") * 2
        + (len(entry) * count).to_bytes(4, "little") + len(head).to_bytes(4, "little") + bytes(2)
    )  # fmt: skip
    return head + entry * count + end


@pytest.mark.parametrize(
    "part",
    [
        "word/vbaProject.bin",
        "word/VBAPROJECT.BIN",
        "word/vbaData.xml",
        "word/activeX/activeX1.xml",
        "xl/macrosheets/sheet1.xml",
    ],
)
def test_a_document_with_macros_is_refused(part):
    data = archive(CONTENT_TYPES, ("word/document.xml", b""), (part, b""))
    assert rules("a.docx", data) == ["macros"]


@pytest.mark.parametrize("part", ["../a", "/etc/a", "word/../../a", "..\\a", "\\a", "word/.."])
def test_a_document_that_would_unpack_outside_its_folder_is_refused(part):
    data = archive(CONTENT_TYPES, ("word/document.xml", b""), (part, b""))
    assert rules("a.docx", data) == ["wrong_type"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_document_with_two_parts_of_one_name_is_refused():
    part = ("word/document.xml", b"")
    assert rules("a.docx", archive(CONTENT_TYPES, part, part)) == ["wrong_type"]


def test_a_document_that_unpacks_to_too_much_is_refused_without_unpacking():
    held = archive(CONTENT_TYPES, ("word/document.xml", b"\0" * (UNPACKED_LIMIT + 1)))
    assert len(held) < LIMIT
    assert rules("a.docx", held) == ["too_large_unpacked"]
    assert "too_large_unpacked" in rules("a.docx", directory_only(count=2, size=2**31))


def test_a_directory_of_very_many_parts_is_refused():
    assert rules("a.docx", directory_only(count=65_535)) == ["wrong_type"]


def test_a_document_with_two_directories_is_refused():
    at = DOCX.rindex(b"PK\5\6")
    locator = b"PK\6\7" + bytes(16)
    assert rules("a.docx", DOCX[:at] + locator + DOCX[at:]) == ["wrong_type"]


def test_a_locked_document_is_refused():
    at = DOCX.index(b"PK\1\2") + 8
    assert rules("a.docx", DOCX[:at] + b"\1" + DOCX[at + 1 :]) == ["wrong_type"]


def test_something_else_before_a_document_is_refused():
    assert rules("a.docx", HTML + DOCX) == ["wrong_type"]


@settings(max_examples=500)
@given(st.integers(0, len(DOCX) - 1), st.integers(0, 255), st.integers(0, len(DOCX)))
def test_a_damaged_document_is_judged_and_never_breaks_the_judge(at, byte, end):
    damaged = (DOCX[:at] + bytes([byte]) + DOCX[at + 1 :])[:end]
    assert set(rules("a.docx", damaged)) <= {
        *("empty", "wrong_type", "too_large_unpacked"),
    }


# Pictures that are programs


@pytest.mark.parametrize(
    "inside",
    [
        "<a href='#b'/>",
        "<use xlink:href='#b'/>",
        "<image href='data:image/png;base64,iVBORw0KGgo='/>",
        "<image href='data:image/jpeg;base64,/9j/\n4AAQ'/>",
        "<rect fill='url(#g)' style='fill: url(\"#g\")'/>",
        "<style>.a{fill:url( '#g' );font-family:Arial}</style>",
        "<animate attributeName='opacity' from='0' to='1'/>",
        "<!-- <script/> --><metadata><x xmlns='http://example.se/'>on</x></metadata>",
        "<text xml:space='preserve' data-one='1'>https://example.se onclick=</text>",
    ],
)
def test_a_picture_may_refer_to_itself_and_hold_pictures(inside):
    assert findings("a.svg", picture(inside)) == ()


ACTIVE = [
    ("<script>alert(1)</script>", "script"),
    ("<SCRIPT/>", "script"),
    ("<h:script/>", "script"),
    ("<g><h:img/></g>", "img"),
    ("<foreignObject/>", "foreignobject"),
    ("<iframe/>", "iframe"),
    ("<handler/>", "handler"),
    ("<rect onclick='x'/>", "onclick"),
    ("<rect ONLOAD='x'/>", "onload"),
    ("<a href='https://example.se'/>", "href"),
    ("<a xlink:href='javascript:alert(1)'/>", "href"),
    ("<a href='&#106;avascript:alert(1)'/>", "href"),
    ("<a href='//example.se'/>", "href"),
    ("<a href=''/>", "href"),
    ("<use href='b.svg#c'/>", "href"),
    ("<image href='data:image/svg+xml;base64,AAAA'/>", "href"),
    ("<image href='data:text/html,x'/>", "href"),
    ("<image href='data:image/png;base64,A&quot;'/>", "href"),
    ("<image src='a.png'/>", "src"),
    ("<g xml:base='https://example.se/'/>", "base"),
    ("<rect fill='url(https://example.se/#a)'/>", "fill"),
    ("<rect fill='URL( &quot;//example.se&quot; )'/>", "fill"),
    (r"<rect fill='u\72l(//example.se)'/>", "fill"),
    (r"<rect fill='\75 rl(//example.se)'/>", "fill"),
    (r"<rect fill='\u\r\l(//example.se)'/>", "fill"),
    ("<rect mask='url(#a) url(b)'/>", "mask"),
    ("<rect fill='url(//example.se'/>", "fill"),
    ("<rect style='background:image-set(&quot;a.png&quot; 1x)'/>", "style"),
    ("<style>@import 'a.css';</style>", "style"),
    (r"<style>@\69mport 'a.css';</style>", "style"),
    ("<style>a{b:url(a.png)}</style>", "style"),
    ("<style><![CDATA[a{b:url(a.png)}]]></style>", "style"),
    ("<style>@im<!-- -->port 'a.css'</style>", "style"),
    ("<style><g/>a{b:url(a.png)}</style>", "style"),
    ("<style>a{b:url('#a\n);c:url(//example.se) ')}</style>", "style"),
    ("<h:style>@import 'a.css'</h:style>", "style"),
    ("<set attributeName='href' to='javascript:alert(1)'/>", "attributename"),
    ("<animate attributeName=' xlink:href ' values='javascript:alert(1)'/>", "attributename"),
    ("<set attributeName='onclick' to='x'/>", "attributename"),
]


@pytest.mark.parametrize(("inside", "what"), ACTIVE)
def test_a_picture_that_runs_or_calls_outside_is_refused(inside, what):
    found = findings("a.svg", picture(inside))
    assert {p.rule for p in found} == {"active_svg"}
    assert what in {p.values["what"] for p in found}


def test_each_active_part_is_told_by_its_line():
    found = findings(
        "a.svg", picture("\n<rect onclick='a'/>\n<a href='b' onload='c'/>", onload="d")
    )
    assert [(p.line, p.values["what"]) for p in found] == [
        (1, "onload"),
        (2, "onclick"),
        (3, "href"),
        (3, "onload"),
    ]


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ("<!DOCTYPE svg>", "DOCTYPE"),
        ("<!DOCTYPE svg SYSTEM 'file:///etc/passwd'>", "DOCTYPE"),
        ("<!DOCTYPE svg [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]>", "DOCTYPE"),
        ("<?xml version='1.0'?>\n<?xml-stylesheet href='a.css'?>", "xml-stylesheet"),
    ],
)
def test_a_picture_with_declarations_of_its_own_is_refused(before, what):
    found = findings("a.svg", before.encode() + picture())
    assert [(p.rule, p.values["what"]) for p in found] == [("active_svg", what)]


@pytest.mark.parametrize(
    "data",
    [
        b"<svg/>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        picture("<g>"),
        picture("&undefined;"),
        picture("<g>" * 100_000),
        picture().decode().encode("utf-16"),
        b"<?xml version='1.0' encoding='utf-7'?>" + picture("+ADw-script+AD4-"),
        b"<?xml version='1.0' encoding='Shift_JIS'?>" + picture(),
        picture("\xe5").decode().encode("latin-1"),
    ],
    ids=range(9),
)
def test_what_is_no_plain_picture_in_utf8_is_refused(data):
    assert "wrong_type" in rules("a.svg", data)


def test_a_picture_full_of_programs_is_told_of_once_and_for_all():
    assert len(findings("a.svg", picture("<script/>\n" * 5000))) == 100


@settings(max_examples=300)
@given(
    st.text(max_size=50)
    | st.lists(st.sampled_from([*"<>/'\"&;#=! ", "svg", "a", "![CDATA["])).map("".join)
)
def test_any_text_in_a_picture_is_judged(inside):
    assert set(rules("a.svg", picture(inside).decode("utf-8", "replace").encode())) <= {
        *("wrong_type", "active_svg"),
    }
