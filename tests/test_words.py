"""A problem told on one line of a terminal, as `check` and the git door tell it."""

from hypothesis import given
from hypothesis import strategies as st

from styrdokument.domain.problems import Code, Problem
from styrdokument.words import Words

HEADING = Problem(
    code=Code.BAD_TEXT, field="text", rule="missing_heading", values={"heading": "Syfte"}
)


def test_a_problem_is_told_with_file_line_rule_and_words() -> None:
    fields = {"rule": "bad_link", "line": 17, "file": "text.md", "values": {"target": "x"}}
    link = Problem(code=Code.BAD_TEXT, **fields)

    told = "text.md:17: bad_text.bad_link: Länken \u201dx\u201d är inte tillåten."
    assert Words("sv").located(link) == told
    assert Words("en").located(link, "b.md").startswith("b.md:17: bad_text.bad_link: The link")


def test_what_is_about_a_whole_file_is_on_its_first_line() -> None:
    assert Words("sv").located(HEADING, "text.md").startswith("text.md:1: bad_text.missing_heading")


def test_what_is_about_no_file_begins_with_its_rule() -> None:
    assert Words("en").located(Problem(code=Code.OWN_WORK)).startswith("own_work: You have")


@given(st.text(), st.text())
def test_nothing_in_it_breaks_the_line_or_is_obeyed_by_a_terminal(name: str, heading: str) -> None:
    values = {"heading": heading}
    line = Words("sv").located(
        Problem(code=Code.BAD_TEXT, rule="missing_heading", values=values), f"x{name}"
    )

    assert len(line.splitlines()) == 1
    assert line.encode().decode() == line
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in line)


def test_what_turns_the_reading_order_stands_as_its_code_point() -> None:
    assert Words("sv").located(HEADING, "a\u202eb\x1b[2J.md").startswith("aU+202EbU+001B[2J.md:1: ")
