"""What docs/formats.md says of a record, read by a reader of its own that knows nothing else.

Nothing of the product is used to read: hashlib, json and C git are all that a stranger needs.
"""

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from styrdokument.resources import folder
from styrdokument.store import registers
from tests.actions import small
from tests.actions.acts import Life
from tests.views.library import close

KEYS = (
    "format seq kind case document version corrects unit content content_hash title type audience"
    " record_class registry_number decided_on recorded_at recorded_by effective_from valid_until"
    " review_on basis decided_by presented_by participants approvals contributors significance"
    " change_note reason replaces successor source facts second_look previous_document"
    " previous_record product"
)
WHO = "id name title unit for"
INNER = {
    "content": "path sha256 git size",
    "basis": "kind mandate body minutes_date section confirmed_on minutes_sha256 reason",
    "approvals": f"{WHO} function meaning at method content_hash base_version",
    "recorded_by": WHO,
    "decided_by": WHO,
    "participants": WHO,
}
FACTS = {
    "open": "kind branch documents",
    "save": "contents",
    "reassign": "contents reason",
    "submit": "change_note significance",
    "approve": "documents meaning method comment",
    "return": "reason",
    "withdraw": "reason",
    "comment": "body document quote reply_to",
    "resolve": "comment",
    "decide": "",
}


@dataclass(frozen=True)
class Reader:
    """A repository, and how to ask git about it."""

    path: Path

    def git(self, *words: str) -> bytes:
        return subprocess.run(
            ["git", *words], cwd=self.path, capture_output=True, check=True
        ).stdout

    def lines(self, *words: str) -> list[str]:
        return self.git(*words).decode().split("\n")[:-1]

    def blob(self, name: str) -> bytes:
        return self.git("cat-file", "blob", name)

    def decisions(self) -> list[tuple[str, bytes, dict[str, Any]]]:
        """Every decision file at the head: path, bytes and values, by seq."""
        paths = [p for p in self.lines("ls-tree", "-r", "--name-only", "main")
                 if re.search(r"/decisions/\d{4}\.json$", p)]  # fmt: skip
        read = [(path, self.blob(f"main:{path}")) for path in paths]
        return sorted(((p, d, json.loads(d)) for p, d in read), key=lambda row: row[2]["seq"])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A region that has lived for some time."""
    folder_ = tmp_path_factory.mktemp("life")
    (folder_ / "data").mkdir()
    life = Life(folder_ / "data", folder_ / "source", 2)
    life.go_on(100)
    case = small.open_new(life.house, life.ids)
    small.make_ready(life.house, life.ids, case, "Tvätta händerna.\n")
    small.decide(life.house, life.ids, case)
    close(life.house)
    return folder_ / "data"


@pytest.fixture(scope="module")
def clone(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    path = tmp_path_factory.mktemp("clone") / "c"
    subprocess.run(["git", "clone", "-q", str(data / "record.git"), str(path)], check=True)
    return Reader(path)


@pytest.fixture(scope="module")
def record(data: Path) -> Reader:
    return Reader(data / "record.git")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# decision files


def test_the_chain_runs_through_all_decisions_and_through_each_folder(clone: Reader) -> None:
    last, folders = None, {}
    for seq, (path, data, decision) in enumerate(clone.decisions(), 1):
        assert (decision["seq"], decision["previous_record"]) == (seq, last)
        place = path.partition("/decisions/")[0]
        number, before = folders.get(place, (0, None))
        assert decision["previous_document"] == before
        assert path == f"{place}/decisions/{number + 1:04d}.json"
        last = sha256(data)
        folders[place] = (number + 1, last)
    assert len(folders) > 3


def test_a_decision_lies_in_the_folder_of_its_document(clone: Reader) -> None:
    for path, _, decision in clone.decisions():
        number = decision["document"]
        if number is None:
            assert path.startswith("registers/decisions/")
            continue
        assert 1000 <= number < 1_000_000
        place = f"documents/{number // 10000:02d}/{number // 100 % 100:02d}/{number}"
        assert path.startswith(f"{place}/decisions/")


def test_content_hashes_are_what_sha256sum_says_of_the_files(clone: Reader) -> None:
    for _, _, decision in clone.decisions():
        printed = ""
        for file in sorted(decision["content"], key=lambda file: file["path"].encode()):
            data = clone.blob(file["git"])
            assert (sha256(data), len(data)) == (file["sha256"], file["size"])
            printed += f"{file['sha256']}  {file['path']}\n"
        assert sha256(printed.encode()) == decision["content_hash"]


def test_the_command_in_the_documentation_answers_the_content_hash(clone: Reader) -> None:
    words = (folder("docs") / "formats.md").read_text("utf-8")
    (line,) = re.findall(r"^cd documents/00/10/1042 && (.*)$", words, re.MULTILINE)
    newest = {path.partition("/decisions/")[0]: d for path, _, d in clone.decisions()}
    told = {place: d for place, d in newest.items() if d["kind"] in {"adopt", "correct", "import"}}
    assert told
    for place, decision in told.items():
        command = ["bash", "-c", line]
        done = subprocess.run(command, cwd=clone.path / place, capture_output=True, check=True)
        assert done.stdout.split()[0].decode() == decision["content_hash"]


def test_a_decision_has_every_key_and_no_other(clone: Reader) -> None:
    for _, data, decision in clone.decisions():
        assert set(decision) == set(KEYS.split())
        for key, inner in INNER.items():
            values = decision[key] if isinstance(decision[key], list) else [decision[key]]
            for value in filter(None, values):
                assert set(value) == set(inner.split()), key
        again = json.dumps(decision, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
        assert data == again.encode()
        assert not list(floats_in(decision))


def floats_in(value: object) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from floats_in(one)


def test_days_and_moments_are_spelled_as_iso_8601(clone: Reader) -> None:
    for _, _, decision in clone.decisions():
        date.fromisoformat(decision["decided_on"])
        for key in ("effective_from", "valid_until", "review_on"):
            assert decision[key] is None or date.fromisoformat(decision[key])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00", decision["recorded_at"])


def test_an_assignment_an_extension_and_a_repeal_name_a_version_and_its_content(
    clone: Reader,
) -> None:
    issued, seen = {}, set()
    for _, _, decision in clone.decisions():
        of = (decision["document"], decision["version"])
        if decision["kind"] in {"adopt", "correct", "import"}:
            issued[of] = decision["content"]
        elif decision["kind"] in {"assign", "extend", "repeal"}:
            assert decision["content"] == issued[of]
            seen.add(decision["kind"])
    assert seen


def test_every_key_of_a_decision_is_told_of_in_the_documentation() -> None:
    words = (folder("docs") / "formats.md").read_text("utf-8")
    for key in f"{KEYS} {' '.join(INNER.values())}".split():
        assert f"`{key}`" in words, key


# commits


def test_a_commit_tells_of_its_decisions_in_trailers(clone: Reader) -> None:
    commits = clone.lines("rev-list", "--reverse", "main")
    seen = 0
    for commit in commits:
        words = ["diff-tree", "--root", "-r", "--no-commit-id", "--name-only", "--diff-filter=A"]
        added = [p for p in clone.lines(*words, commit) if re.search(r"/decisions/.*\.json$", p)]
        decisions = [json.loads(clone.blob(f"{commit}:{path}")) for path in added]
        decisions.sort(key=lambda d: d["seq"])
        assert decisions
        check_message(clone.git("log", "-1", "--format=%B", commit).decode().rstrip(), decisions)
        people = clone.lines("log", "-1", "--format=%an <%ae>%n%cn <%ce>", commit)
        who = decisions[0]["recorded_by"]["id"] or "styrdokument"
        assert people == [f"{who} <{who}@record.invalid>"] * 2
        at = clone.lines("log", "-1", "--format=%cI", commit)[0]
        assert datetime.fromisoformat(at) == datetime.fromisoformat(decisions[0]["recorded_at"])
        documents = [d["document"] or 0 for d in decisions]
        assert documents == sorted(documents)
        seen += len(decisions)
    assert seen == len(clone.decisions())


def check_message(message: str, decisions: list[dict[str, Any]]) -> None:
    """The subject says what was decided in words; the trailers are exactly those of record.md."""
    subject, _, rest = message.partition("\n\n")
    first = decisions[0]
    if first["kind"] == "init":
        assert subject == "init: the record begins"
    elif first["kind"] == "register":
        assert subject == f"register: {first['title']}"
    elif len(decisions) > 1:
        assert subject == f"{subject.partition(':')[0]}: {len(decisions)} documents"
    else:
        told = f"{first['title']} ({first['document']}), version {first['version']}"
        assert subject in {f"{first['kind']}: {told}", f"import: {told}"}
    trailers = [f"Decision: {d['seq']}" for d in decisions]
    trailers += [f"Case: {first['case']}"] if first["case"] else []
    trailers += [f"Document: {d['document']} v{d['version']}" for d in decisions if d["document"]]
    assert rest.split("\n") == trailers


def test_main_is_linear_and_holds_no_draft_and_no_log(record: Reader) -> None:
    parents = [line.split()[1:] for line in record.lines("rev-list", "--parents", "main")]
    assert all(len(each) == 1 for each in parents[:-1])
    assert parents[-1] == []
    main = set(record.lines("rev-list", "main"))
    for ref in record.lines("for-each-ref", "--format=%(refname)", "refs/cases", "refs/meta"):
        assert record.lines("rev-parse", ref)[0] not in main


def test_main_holds_documents_and_registers_alone(clone: Reader) -> None:
    assert clone.lines("ls-tree", "--name-only", "main") == ["documents", "registers"]
    modes = {line.split()[0] for line in clone.lines("ls-tree", "-r", "main")}
    assert modes == {"100644"}


# cases and numbers


def events(record: Reader, ref: str) -> list[tuple[list[str], dict[str, Any]]]:
    """The parents and the event of each commit of a log, newest first, ended by its `open`."""
    found = []
    for line in record.lines("rev-list", "--first-parent", "--parents", ref):
        commit, *parents = line.split()
        assert record.lines("ls-tree", "-r", "--name-only", commit) == ["event.json"]
        found.append((parents, json.loads(record.blob(f"{commit}:event.json"))))
        if found[-1][1]["step"] == "open":
            break
    return found


def test_a_case_is_a_log_of_events_as_the_documentation_tells(record: Reader) -> None:
    seen = set()
    for ref in record.lines("for-each-ref", "--format=%(refname)", "refs/cases"):
        for parents, event in events(record, ref):
            keys = "format case step by at via facts tip base"
            assert set(event) == set(keys.split())
            assert (event["format"], f"refs/cases/{event['case']}") == (1, ref)
            assert set(event["by"]) == set(WHO.split())
            allowed = set(FACTS[event["step"]].split())
            optional = {"reason", "because", "document"}
            assert allowed - optional <= set(event["facts"]) <= allowed | optional
            assert (parents[-1] if parents else None) == event["tip"] or event["tip"] is None
            assert len(parents) == 1 + (event["tip"] is not None) - (event["step"] == "open") or (
                event["step"] == "open" and parents == []
            )
            seen.add(event["step"])
    assert seen >= {"open", "save", "submit", "approve", "decide"}


def test_an_event_has_a_subject_that_a_person_can_read(record: Reader) -> None:
    for ref in record.lines("for-each-ref", "--format=%(refname)", "refs/cases"):
        step, number = events(record, ref)[0][1]["step"], ref.rpartition("/")[2]
        subject = record.lines("log", "-1", "--format=%s", ref)[0]
        assert re.fullmatch(rf"{step}: case {number}, by \w+", subject)


def test_a_draft_stands_where_the_log_says_and_only_while_the_case_is_open(record: Reader) -> None:
    expected = {}
    for ref in record.lines("for-each-ref", "--format=%(refname)", "refs/cases"):
        log = [event for _, event in events(record, ref)]
        branch = log[-1]["facts"]["branch"]
        if branch and log[0]["step"] not in {"decide", "withdraw"}:
            assert branch == f"draft/{log[-1]['case']}-{log[-1]['facts']['kind']}"
            tips = [event["tip"] for event in log if event["tip"]]
            expected[f"refs/heads/{branch}"] = tips[0]
    words = ["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/draft"]
    assert dict(line.split() for line in record.lines(*words)) == expected


def test_contributors_of_a_decision_are_those_who_wrote_in_the_case(record: Reader) -> None:
    for _, _, decision in record.decisions():
        if decision["case"]:
            log = [event for _, event in events(record, f"refs/cases/{decision['case']}")]
            kind = log[-1]["facts"]["kind"]
            wrote = {e["by"]["id"] for e in log if e["step"] == "save"}
            wrote |= {log[-1]["by"]["id"]} if kind == "new" else set()
            listed = {d["id"] for d in log[-1]["facts"]["documents"]}
            if decision["document"] in listed:
                assert set(decision["contributors"]) == wrote


def test_the_next_free_numbers_are_higher_than_any_in_use(record: Reader) -> None:
    numbers = json.loads(record.blob("refs/meta/numbers:numbers.json"))
    assert set(numbers) == {"case", "document"}
    assert numbers["document"] > max(d["document"] or 0 for _, _, d in record.decisions())
    cases = record.lines("for-each-ref", "--format=%(refname:lstrip=2)", "refs/cases")
    assert numbers["case"] > max(map(int, cases))


def test_a_ladder_of_reminders_that_cannot_be_climbed_is_refused():
    before = registers.read({})
    for ladder, found in (
        ("[3 months, 0 days]", []),
        ("[2 weeks]", ["ladder"]),
        ("[x]", ["ladder"]),
    ):
        after = registers.read({"types.yaml": f"routine:\n  reminders: {ladder}\n".encode()})
        assert [problem.rule for problem in registers.problems_in(before, after)] == found
