"""The demonstration region keeps what the contract promises of it."""

import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from styrdokument.actions import beginning, deciding, demonstrating, drafting, opening, reviewing
from styrdokument.actions.house import look
from styrdokument.app import join, open_house
from styrdokument.config import FILE, Config, first_file, read_config
from styrdokument.domain.case import CaseNumber, Kind, State, Step
from styrdokument.domain.decisionfile import BasisKind, DecisionKind
from styrdokument.domain.document import Audience, DocumentId
from styrdokument.domain.matter import Given
from styrdokument.domain.problems import Code
from styrdokument.domain.review import remaining
from styrdokument.domain.transitions import obstacles
from styrdokument.domain.validity import APPLIES, Standing, add_months, last_day
from styrdokument.resources import folder
from styrdokument.store import strictyaml

LOGINS = {"alma", "birgit", "cecilia", "dag", "eva", "frans", "gun", "karin", "arvid", "admin"}
BLOOD, REVIEW_OF_MEDICINES, DISCLOSURE = DocumentId(1010), DocumentId(1020), DocumentId(1037)
MEDICINES, RECORDS, TRANSPORT = DocumentId(1005), DocumentId(1021), DocumentId(1033)
OLD_TROLLEY = DocumentId(1025)


def begin(data, fill=demonstrating.fill):
    config = Config(data=data)
    return beginning.begin(
        data,
        join=lambda place: join(replace(config, data=place)),
        fill=fill,
        configuration=(FILE, first_file().encode()),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    data = tmp_path_factory.mktemp("demo") / "data"
    begin(data)
    return data


@pytest.fixture(scope="module")
def region(made):
    """Only for reading."""
    house = open_house(read_config(made, {}))
    yield house
    house.close()


@pytest.fixture
def house(made, tmp_path):
    shutil.copytree(made, tmp_path / "copy")
    opened = open_house(read_config(tmp_path / "copy", {}))
    yield opened
    opened.close()


def person(house, login):
    return house.accounts.named(login).person.id


def cast(house, *logins):
    return [house.actor(person(house, login)) for login in logins]


def documents(house):
    """Every document that was ever adopted."""
    found = {filed.decision.document for filed in house.record.everything_decided()}
    return {d: house.matters.adopted(d) for d in sorted(found - {None})}


def standing(house, adopted, on=None):
    on = on or house.today
    shown = adopted.history.shown(on)
    reminders = house.registers.types[adopted.fields.type].reminders
    return adopted.history.standing(shown.number, on=on, reminders=reminders)


def open_cases(house):
    cases = [house.cases.read(number).case for number in house.cases.numbers()]
    return {document: case for case in cases if case.is_open for document in case.documents}


def routines_without_case(house):
    """What anybody may try the product on: public routines in force, with no open case."""
    return [
        document
        for document, adopted in documents(house).items()
        if adopted.fields.type == "routine"
        and adopted.fields.audience is Audience.PUBLIC
        and standing(house, adopted) is Standing.IN_FORCE
        and document not in open_cases(house)
    ]


def test_everybody_in_the_cast_can_sign_in_with_the_known_password(region):
    for login in LOGINS:
        account = region.accounts.named(login)
        assert account.is_demonstration
        assert account.is_admin == (login == "admin")
        assert region.accounts.authenticate(login, "styrdokument") == account.person.id
        assert account.person.unit in region.registers.units
    assert len(region.accounts.people()) == len(LOGINS)


def test_gun_is_of_another_unit_and_holds_no_function(region):
    (gun,) = cast(region, "gun")
    assert gun.functions == frozenset()
    owners = {adopted.roles.unit for adopted in documents(region).values()}
    assert gun.person.unit not in owners


def test_the_other_rights_are_where_the_contract_says(region):
    karin, arvid, alma, eva = cast(region, "karin", "arvid", "alma", "eva")
    assert karin.grants == {"controller"}
    assert arvid.grants == {"archivist"}
    assert alma.grants == {"author", "git"}
    assert eva.grants == frozenset()


def test_no_login_is_left_where_a_person_id_belongs(region):
    logins = re.compile(rf"(?<![\w-])({'|'.join(LOGINS)})(?![\w-])")
    assert not logins.search(region.record.register_files()["functions.yaml"].decode())
    people = {one.id for one in region.accounts.people()}
    for adopted in documents(region).values():
        roles = adopted.roles
        entries = {roles.case_officer, roles.fact_owner, *roles.reviewers, *roles.adopter}
        assert entries <= people | region.registers.functions.keys()


def test_enough_documents_of_enough_kinds_can_be_read(region):
    found = documents(region).values()
    counted = Counter(standing(region, adopted) for adopted in found)
    readable = [
        adopted
        for adopted in found
        if adopted.fields.audience is Audience.PUBLIC and standing(region, adopted) in APPLIES
    ]
    assert len(readable) >= 40
    assert set(counted) == APPLIES | {Standing.REPEALED}
    assert min(counted.values()) >= 2
    assert len({adopted.fields.type for adopted in found}) == 6
    assert {adopted.fields.audience for adopted in found} == set(Audience)


def test_a_version_that_is_adopted_but_not_yet_in_force_is_among_them(region):
    history = documents(region)[RECORDS].history
    begins = history.latest.effective_from
    assert begins == region.record.decisions_of(RECORDS)[-1].decision.decided_on + timedelta(30)
    assert history.applying(region.today).number == history.latest.number - 1


def test_the_past_is_imported_with_its_own_days_and_known_to_nobody(region):
    imports = [
        filed.decision
        for filed in region.record.everything_decided()
        if filed.decision.kind is DecisionKind.IMPORT
    ]
    assert len(imports) > 80
    for decision in imports:
        months = region.registers.types[decision.type].validity_months
        day = decision.effective_from
        assert decision.decided_on == day < decision.recorded_at.date()
        assert decision.valid_until == last_day(decided_on=day, effective_from=day, months=months)
        assert decision.decided_by is None
        assert decision.basis.kind is BasisKind.SOURCE
        assert decision.basis.reason is None
        assert decision.source == {"kind": "demonstration", "name": "Region Exempel"}
        assert decision.recorded_by.id == person(region, "karin")


def test_the_past_is_recorded_in_the_order_that_it_happened_a_commit_for_each_day(region):
    days = [
        {filed.decision.decided_on for filed in decided}
        for _, decided in list(region.record.decided_since(None))[1:]
    ]
    assert all(len(day) == 1 for day in days)
    past = [
        decided[0].decision.decided_on
        for _, decided in list(region.record.decided_since(None))[1:]
        if decided[0].decision.basis.kind is BasisKind.SOURCE
    ]
    assert past == sorted(set(past))


def test_a_document_is_repealed_on_the_day_that_its_successor_begins(region):
    end = region.record.decisions_of(OLD_TROLLEY)[-1].decision
    first = region.record.decisions_of(MEDICINES)[0].decision
    assert end.kind is DecisionKind.REPEAL
    assert end.successor == MEDICINES
    assert end.reason
    assert end.decided_on == end.effective_from == first.effective_from
    assert end.basis.kind is BasisKind.SOURCE


@pytest.mark.parametrize("document", [MEDICINES, RECORDS, TRANSPORT])
def test_some_versions_have_gone_through_review_and_decision(region, document):
    decision = region.record.decisions_of(document)[-1].decision
    assert decision.kind is DecisionKind.ADOPT
    assert decision.decided_by.id == person(region, "dag")
    assert {a.by.id for a in decision.approvals} == {
        person(region, "birgit"),
        person(region, "cecilia"),
    }
    assert decision.contributors == (person(region, "alma"),)
    assert decision.second_look == "password"
    wanted = folder("content") / "documents" / str(document) / f"{decision.version}.md"
    text = region.git.blob(region.record.files_of(document)["text.md"])
    assert text == wanted.read_bytes()


def test_nobody_is_told_of_what_was_decided_before_there_was_a_record(region):
    told = {row["happening"] for row in region.journal.outbox()}
    adopted = {
        f"decision:{filed.decision.seq}"
        for filed in region.record.everything_decided()
        if filed.decision.kind is DecisionKind.ADOPT
    }
    assert told == adopted


def test_three_revisions_are_open_in_three_ways(region):
    (birgit,) = cast(region, "birgit")
    cases = open_cases(region)
    assert set(cases) == {BLOOD, REVIEW_OF_MEDICINES, DISCLOSURE}
    matter = look(region, birgit, cases[BLOOD].number)[1]
    assert cases[BLOOD].state is State.IN_REVIEW
    assert remaining(matter, matter.drafts[BLOOD]) == (person(region, "cecilia"),)
    assert [remark.reply_to for remark in cases[BLOOD].comments] == [None, 1]
    assert cases[REVIEW_OF_MEDICINES].state is State.DRAFT
    assert cases[REVIEW_OF_MEDICINES].comments
    assert cases[DISCLOSURE].state is State.DRAFT
    assert cases[DISCLOSURE].reason
    assert region.today - cases[DISCLOSURE].changed_at.date() > timedelta(days=30)
    assert all(case.contributors == (person(region, "alma"),) for case in cases.values())


def test_a_new_document_gets_a_number_that_no_other_has(house):
    (alma,) = cast(house, "alma")
    new = opening.NewDocument(title="Besök", type="routine", unit="medicinkliniken")
    number = opening.open_case(house, alma, Kind.NEW, new=new)
    (document,) = house.cases.read(number).case.documents
    assert document == max(documents(house)) + 1


def test_every_public_routine_in_force_can_be_submitted_and_decided_by_the_cast(house):
    alma, birgit, cecilia, dag = cast(house, "alma", "birgit", "cecilia", "dag")
    found = routines_without_case(house)
    assert len(found) >= 10
    for document in found:
        number = opening.open_case(house, alma, Kind.REVISE, [document])
        matter = look(house, alma, number)[1]
        draft = matter.drafts[document]
        assert draft.roles.case_officer == alma.id
        assert remaining(matter, draft) == (birgit.id, cecilia.id)
        change = Given(change_note="Prövat.")
        assert {p.code for p in obstacles(Step.SUBMIT, matter, alma, change)} == {
            Code.NOTHING_CHANGED
        }
        reviewed = replace(matter, case=replace(matter.case, state=State.IN_REVIEW))
        shown = Given(snapshot=matter.snapshot, second_look="password")
        assert obstacles(Step.APPROVE, reviewed, birgit, shown) == ()
        assert {p.code for p in obstacles(Step.DECIDE, reviewed, dag, shown)} == {Code.NOT_APPROVED}


def test_a_routine_goes_all_the_way_in_the_region(house):
    alma, birgit, cecilia, dag = cast(house, "alma", "birgit", "cecilia", "dag")
    document = routines_without_case(house)[0]
    number = opening.open_case(house, alma, Kind.REVISE, [document])
    body = house.matters.sheet(document, house.record.files_of(document)).body
    base = house.cases.read(number).case.contents[document]
    drafting.save(
        house, alma, number, document, drafting.Writing(base=base, text=f"{body}\nSlut.\n")
    )
    reviewing.submit(house, alma, number, Given(change_note="Slutord."))
    for reviewer in (birgit, cecilia):
        reviewing.approve(house, reviewer, number, seen(house, reviewer, number))
    deciding.decide(house, dag, number, seen(house, dag, number))
    assert house.record.decisions_of(document)[-1].decision.case == number


def seen(house, actor, number: CaseNumber):
    return Given(snapshot=look(house, actor, number)[1].snapshot, second_look="password")


def test_the_index_made_anew_from_the_record_is_the_same(house):
    before = list(house.index.dump())
    house.index.rebuild()
    assert list(house.index.dump()) == before


def test_a_demonstration_that_was_cut_off_is_whole_when_it_is_made_again(tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError("cut off")

    with monkeypatch.context() as patch:
        patch.setattr(demonstrating, "_leave_open", fail)
        with pytest.raises(RuntimeError, match="cut off"):
            begin(tmp_path)
    assert not (tmp_path / "record.git").exists()
    assert begin(tmp_path) is True
    house = open_house(read_config(tmp_path, {}))
    assert len(documents(house)) >= 50
    assert len(house.accounts.people()) == len(LOGINS)
    assert set(open_cases(house)) == {BLOOD, REVIEW_OF_MEDICINES, DISCLOSURE}
    house.close()


def test_days_count_whole_months_back_from_today(region):
    raw = strictyaml.read(
        (folder("content") / "documents" / "1001" / "life.yaml").read_bytes(), depth=6
    )
    decided = [filed.decision.effective_from for filed in region.record.decisions_of(1001)]
    made_on = region.record.decisions_of(1001)[0].decision.recorded_at.date()
    assert isinstance(made_on, date)
    assert decided == [add_months(made_on, -int(one["months_ago"])) for one in raw["versions"]]
