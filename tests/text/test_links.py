import pytest

from styrdokument.text.links import Kind, address_of, appendix_name, kind_of, with_anchor


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("https://www.example.org/a?b=c#d", Kind.EXTERNAL),
        ("HTTP://example.org", Kind.EXTERNAL),
        ("http://[::1]:8080/x", Kind.EXTERNAL),
        ("mailto:registrator@example.org", Kind.CONTACT),
        ("tel:+4612345678", Kind.CONTACT),
        ("/documents/1042", Kind.SITE),
        ("/", Kind.SITE),
        ("#syfte", Kind.SECTION),
        ("bilaga.pdf", Kind.APPENDIX),
        ("./karta%201.png", Kind.APPENDIX),
        ("mapp/bilaga.pdf", Kind.APPENDIX),
    ],
)
def test_a_target_that_leads_somewhere_known_may_be_a_link(target, kind):
    assert kind_of(target) is kind


@pytest.mark.parametrize(
    "target",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java%0Ascript:alert(1)",
        "%01javascript:alert(1)",
        "javascript%3Aalert(1)",
        "vbscript:x",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "smb://host/share",
        "ms-word:ofe|u|https://example.org/a.docx",
        "view-source:https://example.org",
        "blob:https://example.org/1",
        "ftp://example.org",
        "//example.org",
        "/\\example.org",
        "/%5Cexample.org",
        "%2F%2Fexample.org",
        "%5C%5Cexample.org",
        "\\\\host\\share",
        "https://user@example.org",
        "https://user:word@example.org",
        "https:example.org",
        "https:/example.org",
        "https:///example.org",
        "https://good.example%5C@evil.example",
        "mailto:a@example.org%0Abcc:b@example.org",
        "tel:",
        "a:b.pdf",
    ],
)
def test_any_other_target_stays_text(target):
    assert kind_of(target) is None


def test_an_appendix_is_addressed_under_the_prefix_whatever_its_name_holds():
    for target in ("./k%C3%A5rta%201.png", "kårta 1.png", "ka\u030arta%201.png"):
        assert address_of(target, appendices="/d/1/") == "/d/1/k%C3%A5rta%201.png"
    assert address_of("a.pdf#page=2", appendices="/d/1/") == "/d/1/a.pdf#page=2"
    assert appendix_name("./k%C3%A5rta%201.png") == "kårta 1.png"


@pytest.mark.parametrize("target", ["/documents/1", "#a", "https://a.example/b.pdf", "../1", "."])
def test_what_names_no_appendix_keeps_its_address(target):
    assert address_of(target, appendices="/d/1/") == target


def test_a_link_to_a_section_of_another_document_leads_to_its_anchor():
    assert with_anchor("/documents/1042#syfte") == "/documents/1042#section-syfte"
    assert with_anchor("/documents/1042/versions/3#a-2") == "/documents/1042/versions/3#section-a-2"
    for kept in (
        "/documents/1042",
        "/documents/1042#section-syfte",
        "/search#x",
        "/a/documents/1#x",
    ):
        assert with_anchor(kept) == kept
