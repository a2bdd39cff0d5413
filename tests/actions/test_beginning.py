"""Beginning a data directory: whole or not at all, whenever it is cut off, and never twice."""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace

import pytest

from styrdokument.actions import beginning
from styrdokument.actions.registering import put_register
from styrdokument.app import join, open_house
from styrdokument.config import FILE, Config, first_file, read_config
from styrdokument.store.registers import problems_in

STEPS = ("open", "write", "fsync", "replace", "rename", "link", "unlink", "mkdir", "rmdir")
EVERY = 17


def begin(data, *, fill=beginning.fill_nearly_empty):
    config = Config(data=data)
    return beginning.begin(
        data,
        join=lambda place: join(replace(config, data=place)),
        fill=fill,
        configuration=(FILE, first_file().encode()),
    )


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    data = tmp_path_factory.mktemp("begun") / "data"
    begin(data)
    return data


@pytest.fixture
def house(begun, tmp_path):
    shutil.copytree(begun, tmp_path / "copy")
    opened = open_house(read_config(tmp_path / "copy", {}))
    yield opened
    opened.close()


def run(*words, cwd, **how):
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, **how)


def kill_at(nth):
    count = iter(range(1, 100_000))

    def step_by_step(real):
        def step(*args, **kwargs):
            if next(count) == nth:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return step

    for name in STEPS:
        setattr(os, name, step_by_step(getattr(os, name)))


def begin_and_die(data, nth):
    """Whether the beginning was killed before it was done."""
    child = os.fork()
    if child == 0:
        try:
            kill_at(nth)
            begin(data)
        except BaseException:  # noqa: BLE001 (nothing may return into the test runner)
            os._exit(99)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, -signal.SIGKILL}
    return status != 0


def check_whole(data):
    names = {path.name for path in data.iterdir()} - {"alive", "lock"}
    assert names == {FILE, "record.git", "index.db", "journal.db", "keys"}
    house = open_house(read_config(data, {}))
    assert [filed.decision.seq for filed in house.record.everything_decided()] == [1]
    assert house.record.register_files()["signers"].startswith(b"styrdokument@record.invalid ")
    assert run("git", "fsck", "--strict", cwd=house.git.path).returncode == 0
    house.close()


def test_a_new_data_directory_has_all_its_parts(begun):
    check_whole(begun)
    assert stat.S_IMODE((begun / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((begun / "keys" / "record").stat().st_mode) == 0o600


def test_the_first_commit_is_signed_by_a_key_that_the_record_itself_lists(house, tmp_path):
    signers = tmp_path / "signers"
    signers.write_bytes(house.record.register_files()["signers"])
    listed = f"gpg.ssh.allowedSignersFile={signers}"
    found = run("git", "-c", listed, "verify-commit", "main", cwd=house.git.path)
    assert found.returncode == 0, found.stderr
    assert "Good" in found.stderr


def test_a_nearly_empty_region_has_the_usual_types_and_one_function_that_nobody_holds(house):
    registers = house.registers
    assert set(registers.types) == {
        "policy", "guideline", "routine", "instruction", "template", "form",
    }  # fmt: skip
    assert set(registers.units) == {"organisation"}
    assert set(registers.functions) == {"dokumentsamordnare"}
    assert registers.holders("dokumentsamordnare", on=house.today) == ()
    assert list(problems_in(registers, registers)) == []


def test_any_two_people_may_put_the_first_register_in_place(house):
    people = []
    for login in ("karin", "arvid"):
        made = house.accounts.add(
            login, name=login.title(), password="ett-ord-till", at=house.now()
        )
        people.append(house.actor(made.person.id))
    functions = house.record.register_files()["functions.yaml"].decode()
    held = f"holders: [{{person: {people[0].id}, from: 2020-01-01}}]"
    data = functions.replace("holders: []", held).encode()
    put_register(house, "functions.yaml", data, by=people, reason="Karin samordnar.")
    assert house.registers.holders("dokumentsamordnare", on=house.today) == (people[0].id,)


def test_beginning_again_changes_nothing(begun, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(begun, data)
    head = (data / "record.git" / "refs" / "heads" / "main").read_text()
    assert begin(data) is False
    assert (data / "record.git" / "refs" / "heads" / "main").read_text() == head
    check_whole(data)


def test_a_record_that_has_lost_its_configuration_gets_one_and_is_left_alone(begun, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(begun, data)
    (data / FILE).unlink()
    assert begin(data) is False
    check_whole(data)


def test_a_configuration_that_was_there_first_is_kept(tmp_path):
    (tmp_path / FILE).write_text('region = "Region Norr"\n')
    assert begin(tmp_path) is True
    assert read_config(tmp_path, {}).region == "Region Norr"
    check_whole(tmp_path)


def test_the_first_configuration_says_what_holds_without_one(tmp_path):
    assert read_config(tmp_path, {}) == Config(data=tmp_path)
    (tmp_path / FILE).write_text(first_file())
    assert read_config(tmp_path, {}) == Config(data=tmp_path)
    (tmp_path / FILE).write_text(re.sub(r"(?m)^# (\w+ = )", r"\1", first_file()))
    assert "\nport = 8080\n" in (tmp_path / FILE).read_text()
    assert read_config(tmp_path, {}) == Config(data=tmp_path)


@pytest.mark.slow
def test_wherever_beginning_is_killed_beginning_again_ends_well(tmp_path):
    nth, is_killed = 1, True
    while is_killed:
        data = tmp_path / f"{nth}"
        is_killed = begin_and_die(data, nth)
        begin(data)
        check_whole(data)
        shutil.rmtree(data)
        nth += EVERY
    assert nth > 5 * EVERY


def test_what_was_killed_twice_ends_well_too(tmp_path):
    assert begin_and_die(tmp_path, 60)
    assert begin_and_die(tmp_path, 90)
    begin(tmp_path)
    check_whole(tmp_path)


def test_a_failure_while_the_record_is_filled_leaves_nothing_that_looks_like_one(tmp_path):
    def fail(_house):
        raise RuntimeError("cut off")

    with pytest.raises(RuntimeError, match="cut off"):
        begin(tmp_path, fill=fail)
    assert not (tmp_path / "record.git").exists()
    assert not (tmp_path / FILE).exists()
    assert begin(tmp_path) is True
    check_whole(tmp_path)


def test_the_hook_calls_the_python_that_began_the_record(begun):
    hook = begun / "record.git" / "hooks" / "pre-receive"
    assert f"exec {shlex.quote(sys.executable)} " in hook.read_text()
    assert os.access(hook, os.X_OK)


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/heads/mitt-utkast", "refs/tags/v1"])
def test_a_push_is_refused_with_words_and_leaves_nothing(house, tmp_path, ref):
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", house.git.path, clone, cwd=tmp_path)
    (clone / "text.md").write_text("Hej.\n")
    run("git", "add", "text.md", cwd=clone)
    who = ("-c", "user.name=Alma", "-c", "user.email=alma@example.invalid")
    assert run("git", *who, "commit", "-q", "-m", "utkast", cwd=clone).returncode == 0
    before = {path for path in house.git.path.rglob("*") if path.is_file()}
    pushed = run("git", "push", "origin", f"HEAD:{ref}", cwd=clone)
    assert pushed.returncode != 0
    assert "not a person who may push" in pushed.stderr
    assert {path for path in house.git.path.rglob("*") if path.is_file()} == before


def test_a_push_is_refused_also_where_the_hooks_python_is_gone(house, tmp_path):
    hook = house.git.path / "hooks" / "pre-receive"
    hook.write_text(hook.read_text().replace(sys.executable, "/nowhere/python"))
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", house.git.path, clone, cwd=tmp_path)
    pushed = run("git", "push", "origin", "HEAD:refs/heads/annat", cwd=clone)
    assert pushed.returncode != 0
    assert house.git.tip("refs/heads/annat") is None
