"""Others that serve pages, with the same texts: a static file by nginx, Otter Wiki and DokuWiki.

Each is had where the machine has its programs (`make/bench` fetches what it can), and is started
fresh; what cannot be had is told so, and no figure is made up for it.
"""

# ruff: noqa: INP001 (scripts, not a package; they talk to the shell, and draw no secrets)

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from load import cost, memory, request
from ours import Rows
from text import body_of, title_of

NGINX = """daemon off; {user} pid {place}/nginx.pid; worker_processes 1;
error_log {place}/error.log;
events {{ worker_connections 512; }}
http {{ access_log off; keepalive_requests 1000000; types {{ text/html html; }}
  client_body_temp_path {place}/t; proxy_temp_path {place}/t; fastcgi_temp_path {place}/t;
  uwsgi_temp_path {place}/t; scgi_temp_path {place}/t;
  server {{ listen 127.0.0.1:{port}; root {root}; {more} }} }}
"""
PHP = """location / {{ fastcgi_pass unix:{place}/php.sock; fastcgi_keep_conn on;
  fastcgi_param SCRIPT_FILENAME {root}/doku.php; fastcgi_param SCRIPT_NAME /doku.php;
  fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
  fastcgi_param REQUEST_URI $request_uri; fastcgi_param SERVER_NAME localhost;
  fastcgi_param SERVER_PORT {port}; fastcgi_param HTTP_HOST $http_host; }}
"""
FPM = """[global]
error_log = {place}/fpm.log
daemonize = no
[www]
listen = {place}/php.sock
{user}
pm = static
pm.max_children = 2
"""


class NotAvailable(Exception):
    """The machine lacks what this one needs."""


@contextmanager
def running(
    *command: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> Iterator[int]:
    """A server, by its process."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=os.environ | (env or {}), cwd=cwd, **quiet)  # noqa: S603
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def static(place: Path, port: int, rounds: int) -> Rows:
    """One page as a file."""
    (place / "root").mkdir()
    (place / "root" / "page.html").write_text(body_of(1, 5) * 2)
    with _nginx(place, port, place / "root") as pid:
        _wait(port, "/page.html")
        return _measured(port, [pid], ["/page.html"] * 8000, rounds)


def otter(place: Path, port: int, rounds: int, *, program: Path, count: int) -> Rows:
    """Otter Wiki with as many pages as the library has documents, in five rounds of commits."""
    if not program.exists():
        raise NotAvailable
    repository = place / "repository"
    subprocess.run(["git", "init", "-q", repository], check=True)  # noqa: S603, S607
    stream = b"".join(_commits(count))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repository, input=stream, check=True)  # noqa: S607
    subprocess.run(["git", "reset", "-q", "--hard", "main"], cwd=repository, check=True)  # noqa: S607
    settings = {
        "REPOSITORY": str(repository),
        "SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{place}/otter.db",
        "READ_ACCESS": "ANONYMOUS",
        "OTTERWIKI_SETTINGS": str(place / "none.cfg"),
    }
    (place / "none.cfg").write_text("".join(f"{k} = {v!r}\n" for k, v in settings.items()))
    command = [str(program), "-b", f"127.0.0.1:{port}", "otterwiki.server:app"]
    with running(*command, env=settings, cwd=place) as pid:
        _wait(port, "/page1")
        return _measured(port, [pid], [f"/page{1 + n * 7 % count}" for n in range(40)], rounds)


def doku(place: Path, port: int, rounds: int, *, program: str, source: Path, count: int) -> Rows:
    """DokuWiki behind nginx, its page cache on, as many pages as the library has documents."""
    if not (shutil.which(program) and (source / "doku.php").exists()):
        raise NotAvailable
    root = place / "doku"
    shutil.copytree(source, root, symlinks=False, ignore_dangling_symlinks=True)
    for folder in ("attic", "cache", "index", "locks", "media", "media_attic", "media_meta", "meta", "pages", "tmp", "log"):  # fmt: skip # noqa: E501
        (root / "data" / folder).mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        (root / "data" / "pages" / f"page{number}.txt").write_text(
            f"====== {title_of(number)} ======\n\n" + body_of(number, 5).replace("## ", "===== ")
        )
    (root / "conf").mkdir(exist_ok=True)
    (root / "conf" / "local.php").write_text("<?php\n$conf['useacl'] = 0;\n")
    (place / "fpm.conf").write_text(
        FPM.format(place=place, user=_as_whom("user = {0}\ngroup = {0}"))
    )
    command = [program, "-n", "-R", "-y", str(place / "fpm.conf"), "-d", "zend_extension=opcache"]
    with (
        running(*command) as pid,
        _nginx(place, port, root, PHP.format(place=place, root=root, port=port)) as front,
    ):
        _wait(port, "/doku.php?id=page1")
        paths = [f"/doku.php?id=page{1 + n * 7 % count}" for n in range(200)]
        return _measured(port, [pid, front], paths, rounds)


@contextmanager
def _nginx(place: Path, port: int, root: Path, more: str = "") -> Iterator[int]:
    if not shutil.which("nginx"):
        raise NotAvailable
    (place / "nginx.conf").write_text(
        NGINX.format(place=place, port=port, root=root, more=more, user=_as_whom("user {};"))
    )
    with running("nginx", "-c", str(place / "nginx.conf"), "-p", str(place)) as pid:
        yield pid


def _measured(port: int, pids: list[int], paths: list[str], rounds: int) -> Rows:
    asked = [request(path) for path in paths]
    return {
        "document's page": cost(port, pids, asked, lines=8, rounds=rounds),
        "memory after reads, PSS MB": memory(pids),
    }


def _commits(count: int) -> Iterator[bytes]:
    """A stream for git: one commit for each version of each page."""
    for version in range(1, 6):
        for number in range(1, count + 1):
            text = f"# {title_of(number)}\n\n{body_of(number, version)}".encode()
            yield b"commit refs/heads/main\ncommitter a <a@b> %d +0000\n" % (
                1_700_000_000 + version
            )
            yield b"data 1\nx\nM 644 inline page%d.md\ndata %d\n%s\n" % (number, len(text), text)


def _as_whom(said: str) -> str:
    """As root a server wants to be told that it may stay so, to read what only root may."""
    return said.format("root") if os.geteuid() == 0 else ""


def _wait(port: int, path: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60):
                return
        except OSError as error:
            last = error
            time.sleep(0.1)
    raise NotAvailable from last
