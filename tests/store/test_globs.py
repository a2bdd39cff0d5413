"""Patterns: what they mean, path by path."""

import pytest

from styrdokument.store.globs import pattern_of


@pytest.mark.parametrize(
    ("glob", "meant", "not_meant"),
    [
        ("docs/*.md", {"docs/a.md"}, {"a.md", "docs/b/a.md", "docs/a.mdx", "xdocs/a.md"}),
        ("docs/**/*.md", {"docs/a.md", "docs/b/c/a.md"}, {"a.md", "docs.md"}),
        ("*.md", {"a.md", "b/c/a.md"}, {"a.txt"}),
        ("docs/", {"docs/a", "docs/b/a.md"}, {"docs", "a/docs/b"}),
        ("./docs/**", {"docs/a", "docs/b/a.md"}, {"doc/a"}),
        ("a/[!x]?.md", {"a/yz.md"}, {"a/xz.md", "a//z.md"}),
        ("a/[a-c].md", {"a/b.md"}, {"a/d.md", "a/-.md"}),
        ("a/(b).md", {"a/(b).md"}, {"a/b.md"}),
        ("a/[b.md", {"a/[b.md"}, {"a/b.md"}),
    ],
)
def test_a_pattern_means_what_a_shell_would_mean(glob, meant, not_meant):
    pattern = pattern_of(glob)
    assert {path for path in meant | not_meant if pattern.fullmatch(path)} == meant
