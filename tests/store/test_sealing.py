"""What the journal keeps secret is nothing to whoever has the journal alone."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from styrdokument.domain.people import PersonId
from styrdokument.store.authenticators import Authenticators, Means
from styrdokument.store.identities import authenticators
from styrdokument.store.journal import Journal
from styrdokument.store.sealing import Seal, Unreadable
from tests.cast import ALMA, BIRGIT, NOON
from tests.databases import Databases

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return Seal(tmp_path_factory.mktemp("keys") / "journal")


@given(words=st.text(st.characters(exclude_categories=["Cs"])), about=st.text("pab-", min_size=1))
def test_what_is_sealed_is_opened_as_what_it_is_about_alone(
    seal: Seal, words: str, about: str
) -> None:
    kept = seal.close(words, about=about)

    assert seal.open(kept, about=about) == words
    assert seal.close(words, about=about) != kept
    with pytest.raises(Unreadable):
        seal.open(kept, about=f"{about}x")
    with pytest.raises(Unreadable):
        seal.open(kept[:-4] + "AAA=", about=about)


def test_the_key_is_its_owners_alone_and_the_same_for_all_processes(tmp_path: Path) -> None:
    first, second = Seal(tmp_path / "journal"), Seal(tmp_path / "journal")

    assert second.open(first.close("å", about="a"), about="a") == "å"
    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o600
    with pytest.raises(Unreadable):
        Seal(tmp_path / "another").open(first.close("å", about="a"), about="a")


def test_no_row_of_the_journal_says_what_codes_are_made_from(
    databases: Databases, tmp_path: Path
) -> None:
    engine = databases.engine(tmp_path, "journal")
    try:
        _check_rows(engine, tmp_path)
    finally:
        databases.close(engine)


def _check_rows(engine: Engine, tmp_path: Path) -> None:
    Journal(engine).prepare()
    alma, birgit = PersonId(ALMA.id), PersonId(BIRGIT.id)
    kept = Authenticators(engine, Seal(tmp_path / "key"))
    kept.add(alma, Means.CODES, name="appen", secret=SECRET, at=NOON)

    assert [one.secret for one in kept.of(alma)] == [SECRET]
    with engine.connect() as connection:
        rows = connection.execute(select(authenticators)).mappings().all()
    assert SECRET not in str([dict(row) for row in rows])
    with engine.begin() as connection:  # a row cannot be given to another person
        connection.execute(authenticators.update().values(person=birgit))
    assert kept.of(birgit) == []
    assert Authenticators(engine, Seal(tmp_path / "another")).of(alma) == []
