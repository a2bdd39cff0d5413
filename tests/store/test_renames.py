"""Which file became which in one commit."""

from styrdokument.store.git import Change, ObjectId
from styrdokument.store.renames import find_moves

TEXTS = {
    "hand": "".join(f"Rad {n} om handhygien.\n" for n in range(40)),
    "fall": "".join(f"Punkt {n} om fallskador.\n" for n in range(40)),
    "mat": "".join(f"Stycke {n} om kost och måltider.\n" for n in range(40)),
}
TEXTS |= {f"{name}+": f"{text}Ett stycke till.\n" for name, text in TEXTS.items()}


def moves(**files):
    """`path=(before, after)`, each the name of a text or None."""
    ids = {name: ObjectId(f"{number:040x}") for number, name in enumerate(TEXTS)}
    names = {blob: name for name, blob in ids.items()}
    changes = [
        Change(path=path, before=before and ids[before], after=after and ids[after], mode=0o100644)
        for path, (before, after) in files.items()
    ]
    found = find_moves(changes, wanted=set(files), read=lambda blob: TEXTS[names[blob]].encode())
    return found.came_from, set(found.begun), set(found.ended)


def test_a_file_that_moved_is_known_by_what_it_holds():
    assert moves(a=("hand", None), b=(None, "hand+")) == ({"b": "a"}, set(), set())


def test_two_files_that_swapped_names_each_keep_their_own():
    swapped = {"a": "b", "b": "a"}, set(), set()
    assert moves(a=("hand", "fall"), b=("fall", "hand")) == swapped
    assert moves(a=("hand", "fall+"), b=("fall", "hand+")) == swapped


def test_names_that_moved_up_one_after_another_are_followed():
    chain = moves(a=("hand", None), b=("fall", "hand"), c=("mat", "fall+"), d=(None, "mat"))
    assert chain == ({"b": "a", "c": "b", "d": "c"}, set(), set())


def test_a_new_file_at_the_place_of_one_that_moved_begins():
    assert moves(a=("hand", "mat"), b=(None, "hand")) == ({"b": "a"}, {"a"}, set())


def test_a_file_that_took_in_the_text_of_another_stays_the_same():
    assert moves(a=("hand", None), b=("fall", "hand")) == ({}, set(), {"a"})
    chain = moves(a=("hand", None), b=("fall", "hand"), c=("mat", "fall"))
    assert chain == ({}, set(), {"a"})


def test_a_file_that_was_written_anew_stays_the_same():
    assert moves(a=("hand", "fall"), b=("mat", "mat+")) == ({}, set(), set())
    assert moves(a=("hand", "mat"), b=(None, "fall")) == ({}, {"b"}, set())


def test_a_file_that_became_a_copy_of_another_stays_the_same():
    assert moves(a=("hand", "fall"), b=("fall", "fall+")) == ({}, set(), set())
