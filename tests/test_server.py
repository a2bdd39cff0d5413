"""The server itself, over a small app: what it takes in, and how it ends."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from styrdokument.cli.server import listen

APP = """
import sys, time
from styrdokument.cli import server
from styrdokument.views.bodies import Bodies

server.GRACE_SECONDS = float(sys.argv[1])

def app(environ, start_response):
    path, read = environ["PATH_INFO"], environ["wsgi.input"].read()
    if path == "/slow":
        print("begun", flush=True)
        time.sleep(1)
    if path == "/broken":
        raise RuntimeError("on purpose")
    body = "|".join([path, environ["REMOTE_ADDR"], environ.get("HTTP_X_ONE", ""), read.decode()])
    start_response("200 OK", [("Content-Length", str(len(body))), ("X-Two", "2")])
    return iter([body.encode()]) if path == "/parts" else [body.encode()]

with server.listen("127.0.0.1", 0) as listening:
    print(listening.getsockname()[1], flush=True)
    server.serve(Bodies(app, most=1000, at_once=1), listening, threads=2)
print("ended", flush=True)
"""


BOTH_LENGTHS = (
    b"POST / HTTP/1.1\r\nHost: a\r\n"
    b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
)


@contextmanager
def served(grace: int = 30) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The app in a process of its own, and its port."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", APP, str(grace)], **pipes) as process:
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of an app that all tests may ask."""
    with served() as (_, port):
        yield port


def ask(port, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, {n.replace("_", "-"): v for n, v in headers.items()})
    answer = connection.getresponse()
    read = answer.read().decode()
    connection.close()
    return answer.status, read


def say(port, data, *, and_end=False):
    """What the server answers to these very bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(data)
        if and_end:
            line.shutdown(socket.SHUT_WR)
        return line.recv(65_536)


def test_the_app_is_asked_and_its_answer_sent(port):
    assert ask(port, "GET", "/a%20b?c") == (200, "/a b|127.0.0.1||")
    assert ask(port, "POST", "/parts", b"body", X_One="1") == (200, "/parts|127.0.0.1|1|body")
    assert ask(port, "HEAD", "/a")[1] == ""


def test_a_defect_of_the_apps_is_an_answer_and_no_end(port):
    assert ask(port, "GET", "/broken")[0] == 500
    assert ask(port, "GET", "/a")[0] == 200


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 500 + b"\r\n", b"431"),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"414"),
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"411"),
        (BOTH_LENGTHS, b"411"),
    ],
)
def test_what_is_too_much_or_makes_no_sense_is_refused(port, data, status):
    assert say(port, data).split(b" ", 2)[1] == status


def test_half_a_body_is_no_body(port):
    told = say(port, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", and_end=True)
    assert told.split(b" ", 2)[1] in {b"400", b""}
    assert b"abc" not in told


def test_headers_sent_twice_are_joined_in_their_order(port):
    told = say(port, b"GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nX-One: 2\r\n\r\n")
    assert b"|1,2|" in told


def test_connections_send_at_once_and_find_out_who_is_gone():
    with (
        listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as taken,
    ):
        assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert taken.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_those_who_send_slowly_do_not_stop_those_who_read(port):
    slow = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"
    lines = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(20)]
    lines += [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(20)]
    for number, line in enumerate(lines):
        line.sendall(slow if number == 0 else b"GET / HTTP/1.1\r\nHo")
    assert [ask(port, "GET", "/a")[0] for _ in range(5)] == [200] * 5
    for line in lines:
        line.close()
    assert ask(port, "POST", "/a", b"body")[0] == 200


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_what_has_begun_is_answered_before_the_end(ending):
    with served() as (process, port):
        idle = socket.create_connection(("127.0.0.1", port))
        idle.sendall(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        assert idle.recv(65_536)
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            assert process.stdout.readline() == "begun\n"
            process.send_signal(ending)
            assert line.recv(65_536).startswith(b"HTTP/1.1 200")
        out, err = process.communicate(timeout=60)
        idle.close()
    assert (process.returncode, out, err) == (0, "ended\n", "")


def test_a_signal_that_another_thread_is_given_ends_the_server_too():
    with served() as (process, port):
        assert ask(port, "GET", "/a")[0] == 200
        threads = [int(one.name) for one in Path(f"/proc/{process.pid}/task").iterdir()]
        os.kill(max(threads), signal.SIGTERM)  # Linux tries the thread first that is named
        assert process.wait(30) == 0


def test_what_never_ends_is_given_up():
    with served(grace=1) as (process, port):
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        line.close()
    assert process.returncode == 0


def test_a_server_that_is_killed_leaves_nothing_behind():
    with served() as (process, port):
        process.kill()
        process.wait(timeout=60)
        with socket.create_server(("127.0.0.1", port)):  # the port is free at once
            pass


KEEPING = """
import sys, time
from pathlib import Path
from sqlalchemy import select, literal
from styrdokument.cli import server
from styrdokument.store.sql import open_database
from styrdokument.store.straight import Straight

server.IDLE_THREAD_SECONDS = 1
engine = open_database(Path(sys.argv[1]), "index")
straight = Straight(engine)
asked = straight.prepare(select(literal(1)))

def app(environ, start_response):
    found = straight.first(asked, {})
    time.sleep(0.2)
    start_response("200 OK", [("Content-Length", "1")])
    return [str(found[0]).encode()]

with server.listen("127.0.0.1", 0) as listening:
    print(listening.getsockname()[1], flush=True)
    server.serve(app, listening, threads=8)
straight.close()
engine.dispose()
"""


def test_threads_that_end_leave_their_connections_without_taking_the_server_with_them(tmp_path):
    command = [sys.executable, "-c", KEEPING, str(tmp_path / "index.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        port = int(process.stdout.readline())
        answers = []
        for _ in range(3):
            with ThreadPoolExecutor(8) as clients:
                answers += clients.map(lambda _: ask(port, "GET", "/")[0], range(16))
            time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert answers == [200] * 48


def test_the_server_may_open_as_many_files_as_the_system_grants() -> None:
    program = (
        "import resource; from styrdokument.cli import server\n"
        "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))\n"
        "server.open_many_files()\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(most, server.MOST_FILES))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "True\n", done.stderr
