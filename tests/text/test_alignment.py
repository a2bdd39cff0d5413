from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from styrdokument.text.alignment import Work, common, gaps, similar

SEQUENCE = st.lists(st.integers(0, 4), max_size=25)


def length_by_table(old, new):
    """The textbook table, one cell at a time."""
    row = [0] * (len(new) + 1)
    for a in old:
        before, row = row, [0]
        for place, b in enumerate(new):
            row.append(before[place] + 1 if a == b else max(before[place + 1], row[place]))
    return row[-1]


def assert_pairs(pairs, old, new):
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))


@given(SEQUENCE, SEQUENCE)
def test_as_much_as_possible_is_found_to_be_common(old, new):
    pairs = common(old, new, Work())
    assert_pairs(pairs, old, new)
    # Equal ends are taken first, which never costs a longest subsequence its length.
    assert len(pairs) == length_by_table(old, new)


@given(SEQUENCE, SEQUENCE, st.integers(0, 400))
def test_out_of_work_less_is_common_and_nothing_wrong(old, new, steps):
    assert_pairs(common(old, new, Work(steps)), old, new)


def test_without_work_equal_ends_and_what_occurs_once_still_meet():
    old = [1, 2, 3, 7, 7, 50, 51, 52, 8, 8, 60, 4]
    new = [1, 2, 3, 9, 50, 51, 52, 9, 9, 60, 4]
    pairs = common(old, new, Work(0))
    assert [old[i] for i, _ in pairs] == [1, 2, 3, 50, 51, 52, 60, 4]


@given(SEQUENCE, SEQUENCE)
def test_gaps_and_pairs_together_are_the_whole(old, new):
    olds, news = [], []
    for gone, come, (i, j) in gaps(common(old, new, Work()), len(old), len(new)):
        olds += [*old[gone], *old[i : i + 1]]
        news += [*new[come], *new[j : j + 1]]
    assert (olds, news) == (old, new)


def test_the_most_alike_are_paired_first_and_pairs_never_cross():
    likeness = {("a", "y"): 0.9, ("b", "x"): 0.8, ("b", "z"): 0.5, ("c", "z"): 0.4}
    pairs = similar("abc", "xyz", lambda a, b: likeness.get((a, b), 0), least=0.35)
    assert pairs == [(0, 1), (1, 2)]


def test_in_a_long_gap_only_the_same_places_are_weighed():
    weighed = []

    def likeness(one, other):
        weighed.append((one, other))
        return 1.0

    places = range(3000)
    assert similar(places, places, likeness, least=0.5) == [(i, i) for i in places]
    assert len(weighed) < 30_000
