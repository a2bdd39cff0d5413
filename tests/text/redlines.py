"""What must hold of every page with changes, for the tests of redlines."""

import re

from lxml import etree, html

ATOMS = {"br", "hr", "img", "input"}
BLOCKS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "blockquote", "section", "div"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"),
}


def tree(page):
    return html.fromstring(f"<main>{page}</main>")


def drop(root, path):
    for element in root.xpath(path):
        element.drop_tree()
    return root


def content(root):
    """The words of every block that has any, and what it is; paragraphs may go without."""
    found = []
    collect(root, "main", [], found)
    return found


def collect(element, block, words, found):
    words.append(element.text or "")
    for child in element.iterchildren("*"):
        if child.tag in BLOCKS:
            flush(block, words, found)
            inner = {"p": block, "th": "td"}.get(child.tag, child.tag)
            collect(child, inner, words, found)
            flush(inner, words, found)
        else:
            collect(child, block, words, found)
            if child.tag in ATOMS:
                words.append(f"<{child.tag} {child.get('src')} {'checked' in child.attrib}>")
        words.append(child.tail or "")


def flush(block, words, found):
    text = "".join(words)
    text = text if block == "pre" else re.sub(r"[ \t\n]+", " ", text).strip(" ")
    words.clear()
    if text:
        found.append((block, text))


def assert_true(result, old_page, new_page):
    """Without what came the page is the old one, without what is gone the new one."""
    page = result.html
    assert content(drop(tree(page), "//ins")) == content(tree(old_page))
    assert content(drop(tree(page), "//del")) == content(tree(new_page))
    assert_well_formed(page, result)
    assert set(tree(new_page).xpath("//@id")) <= set(tree(page).xpath("//@id"))
    assert_sides(result, old_page, new_page)


def assert_sides(result, old_page, new_page):
    """The same in two columns, and in stretches of which some may be folded."""
    rows = list(result.rows())
    assert content(tree("".join(row.old for row in rows))) == content(tree(old_page))
    assert content(tree("".join(row.new for row in rows))) == content(tree(new_page))
    for row in rows:
        assert row.is_same == (content(tree(row.old)) == content(tree(row.new))) or not row.is_same
        assert not tree(row.old).xpath("//ins")
        assert not tree(row.new).xpath("//del")
        assert row.is_same != bool(tree(row.old + row.new).xpath("//ins|//del"))
    assert_well_formed("".join(row.old + row.new for row in rows), result)
    for stretch in result.stretches():
        assert not (stretch.unchanged and tree(stretch.html).xpath("//ins|//del"))


def assert_well_formed(page, result):
    """Changes stand where words may stand, no id twice, and each change has its anchor."""
    root = tree(page)
    assert not root.xpath(
        "//*[self::tr or self::ul or self::ol or self::dl or self::table or self::tbody]"
        "/*[self::ins|self::del]"
    )
    assert not root.xpath("//ins//ins | //del//del | //ins//del | //del//ins")
    assert not [one for one in root.xpath("//ins//* | //del//*") if one.tag in BLOCKS - {"hr"}]
    strict = etree.fromstring(f"<main>{as_xml(page)}</main>")
    assert [e.tag for e in strict.iter("*")] == [e.tag for e in root.iter("*")]
    ids = [element.get("id") for element in root.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    anchors = [each for each in ids if each.startswith("change-")]
    assert sorted(anchors) == sorted(change.anchor for change in result.changes)


def as_xml(page):
    """The page with every element closed and every attribute valued, to be read strictly."""
    closed = re.sub(r"<(br|hr|img|input)((?:[^>/]|/(?!>))*)/?>", r"<\1\2/>", page)
    return re.sub(r" (disabled|checked)(?=[ />])(?!=)", r' \1=""', closed)
