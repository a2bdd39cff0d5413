"""Durable writing and taking turns, with real files, threads, processes and kills."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from styrdokument.store import disk

STEPS = ("open", "write", "fsync", "replace", "link", "unlink", "mkdir")


def in_child(work):
    """Run `work` in a forked process; answer its exit status, negative if it was killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001  (nothing may return into the test runner)
            os._exit(99)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(nth, *, half=False):
    """Let this process be killed at the nth call of a function of `os` that writes."""
    count = iter(range(1, 1000))

    def step_by_step(name, real):
        def step(*args, **kwargs):
            if next(count) == nth:
                if half and name == "write":
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return step

    for name in STEPS:
        setattr(os, name, step_by_step(name, getattr(os, name)))


def killed_at_each_step(work, then):
    for nth in range(1, 1000):

        def work_until_killed(nth=nth):
            kill_at(nth, half=nth % 2 == 0)
            work()

        status = in_child(work_until_killed)
        then()
        if status == 0:
            return nth - 1
        assert status == -signal.SIGKILL
    raise AssertionError("never came to an end")


@pytest.mark.parametrize("write", [disk.write_durably, disk.write_whole])
def test_a_file_is_old_or_new_wherever_the_writer_is_killed(tmp_path, write):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    seen = set()
    killed_at_each_step(lambda: write(path, b"new" * 1000), lambda: seen.add(path.read_bytes()))
    assert seen == {b"old", b"new" * 1000}


def test_a_created_file_is_whole_or_absent_wherever_its_writer_is_killed(tmp_path):
    for nth in range(1, 100):
        path = tmp_path / str(nth)

        def create(path=path, nth=nth):
            kill_at(nth, half=True)
            disk.create_durably(path, b"key" * 1000, mode=0o600)

        done = in_child(create) == 0
        assert not path.exists() or path.read_bytes() == b"key" * 1000
        if done:
            assert path.exists()
            return


def test_creating_over_something_is_refused_and_leaves_nothing(tmp_path):
    path = tmp_path / "file"
    disk.create_durably(path, b"first")
    with pytest.raises(FileExistsError):
        disk.create_durably(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_synced_before_it_is_renamed_and_its_folder_after(tmp_path, monkeypatch):
    done = []
    sync, rename = os.fsync, os.replace

    def note_sync(file):
        name = Path(f"/proc/self/fd/{file}").readlink().name
        done.append(("fsync", name.partition("_")[0]))
        sync(file)

    def note_rename(source, target):
        done.append(("replace", target.name))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "replace", note_rename)
    disk.write_durably(tmp_path / "file", b"x")
    assert done == [
        ("fsync", "tmp"),
        ("replace", "file"),
        ("fsync", tmp_path.name.partition("_")[0]),
    ]


@pytest.mark.parametrize("failing", ["write", "replace"])
def test_a_full_disk_is_told_and_leaves_the_old_file_alone(tmp_path, monkeypatch, failing):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    with pytest.raises(OSError, match="No space"):
        disk.write_durably(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_short_writes_are_carried_on(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, bytes(data)[:7]))
    disk.write_durably(tmp_path / "file", bytes(range(256)))
    assert (tmp_path / "file").read_bytes() == bytes(range(256))


def test_a_failed_fsync_ends_the_process_with_one_line(tmp_path):
    program = (
        "import os, errno, pathlib\n"
        "from styrdokument.store import disk\n"
        "calls = []\n"
        "def fail(file):\n"
        "    calls.append(file)\n"
        "    print('asked', flush=True)\n"
        "    raise OSError(errno.EIO, 'Input/output error')\n"
        "os.fsync = fail\n"
        "try:\n"
        f"    disk.write_durably(pathlib.Path({str(tmp_path / 'file')!r}), b'x')\n"
        "finally:\n"
        "    print('went on', flush=True)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 70
    assert ended.stdout == "asked\n"
    assert ended.stderr.count("\n") == 1
    assert "fsync" in ended.stderr
    assert not (tmp_path / "file").exists()


def test_a_file_gets_the_rights_it_is_asked_to_have(tmp_path):
    disk.write_durably(tmp_path / "key", b"x", mode=0o600)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_folders_are_made_all_the_way_and_again_without_harm(tmp_path):
    disk.make_folder(tmp_path / "a" / "b" / "c")
    disk.make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        disk.make_folder(tmp_path / "file")


def test_removing_what_is_gone_is_no_error(tmp_path):
    (tmp_path / "file").touch()
    disk.remove_durably(tmp_path / "file")
    disk.remove_durably(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def add_one(counter, lock):
    for _ in range(50):
        with disk.exclusive(lock):
            counter.write_text(str(int(counter.read_text()) + 1))


def test_threads_and_processes_take_turns(tmp_path):
    counter, lock = tmp_path / "counter", tmp_path / "lock"
    counter.write_text("0")
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            threads = [threading.Thread(target=add_one, args=(counter, lock)) for _ in range(4)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            os._exit(0)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    assert counter.read_text() == "800"


def test_taking_the_same_lock_twice_in_a_thread_is_a_bug_and_harms_nobody(tmp_path):
    lock = tmp_path / "lock"
    with disk.exclusive(lock):
        with disk.exclusive(tmp_path / "another"):
            pass
        with pytest.raises(RuntimeError), disk.exclusive(tmp_path / ".." / tmp_path.name / "lock"):
            pass
    with disk.exclusive(lock):
        pass


def test_a_lock_is_let_go_when_its_holder_fails_or_is_killed(tmp_path):
    lock = tmp_path / "lock"
    with pytest.raises(ZeroDivisionError), disk.exclusive(lock):
        _ = 1 / 0

    def die_holding():
        with disk.exclusive(lock):
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(die_holding) == -signal.SIGKILL
    with disk.exclusive(lock):
        pass


def enter(path, recover=lambda: None):
    alive = disk.Alive(path)
    alive.enter(recover)
    return alive


def test_only_who_is_alone_recovers(tmp_path):
    recovered = []
    first = enter(tmp_path / "alive", lambda: recovered.append("first"))
    second = enter(tmp_path / "alive", lambda: recovered.append("second"))
    first.close()
    third = enter(tmp_path / "alive", lambda: recovered.append("third"))
    second.close()
    third.close()
    third.close()
    enter(tmp_path / "alive", lambda: recovered.append("fourth")).close()
    assert recovered == ["first", "fourth"]


def test_who_comes_while_another_recovers_waits_and_finds_it_done(tmp_path):
    log = tmp_path / "log"
    mine = disk.Alive(tmp_path / "alive")
    started, go_on = tmp_path / "started", tmp_path / "go_on"

    def note(words):
        with log.open("a") as file:
            file.write(words + "\n")

    def recover():
        started.touch()
        until(go_on.exists)
        note("recovered")

    first = threading.Thread(target=lambda: (mine.enter(recover), note("in")))
    first.start()
    until(started.exists)
    child = os.fork()
    if child == 0:
        enter(tmp_path / "alive", lambda: note("recovered again"))
        note("in")
        os._exit(0)
    until(lambda: is_waiting(child))
    go_on.touch()
    first.join()
    os.waitpid(child, 0)
    mine.close()
    assert log.read_text().split() == ["recovered", "in", "in"]


def test_a_recovery_that_is_killed_is_done_over_by_the_next(tmp_path):
    recovered = []

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(lambda: enter(tmp_path / "alive", die)) == -signal.SIGKILL
    enter(tmp_path / "alive", lambda: recovered.append(1)).close()
    assert recovered == [1]


def test_who_waited_for_a_recovery_that_was_killed_recovers_itself(tmp_path):
    started, log = tmp_path / "started", tmp_path / "log"
    dying = os.fork()
    if dying == 0:
        enter(tmp_path / "alive", lambda: (started.touch(), time.sleep(60)))
        os._exit(99)
    until(started.exists)
    waiting = os.fork()
    if waiting == 0:
        enter(tmp_path / "alive", lambda: log.write_text("recovered"))
        os._exit(0)
    until(lambda: is_waiting(waiting))
    os.kill(dying, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(dying, 0)[1]) == -signal.SIGKILL
    assert os.waitstatus_to_exitcode(os.waitpid(waiting, 0)[1]) == 0
    assert log.read_text() == "recovered"


def test_a_recovery_that_fails_lets_go(tmp_path):
    with pytest.raises(ZeroDivisionError):
        enter(tmp_path / "alive", lambda: 1 / 0)
    recovered = []
    enter(tmp_path / "alive", lambda: recovered.append(1)).close()
    assert recovered == [1]


def until(is_so):
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_waiting(process):
    lines = Path("/proc/locks").read_text().splitlines()
    return any("->" in line and f" {process} " in line for line in lines)


def test_what_killed_writers_left_is_cleared_and_nothing_else(tmp_path):
    kept = tmp_path / "kept.toml"
    kept.write_text("a = 1\n")
    (tmp_path / "below").mkdir()
    disk.temporary_beside(kept).write_bytes(b"half")

    disk.clear_temporaries(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"kept.toml", "below"}
