"""The product, measured: it is started on a library, asked as browsers ask, and stopped."""

# ruff: noqa: INP001, S311, T201 (scripts, not a package; they talk to the shell, and draw no secrets)

import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from load import cost, memory, request, send, spent
from text import body_of

PASSWORD = "styrdokument"  # noqa: S105 - of the demonstration's accounts
COOKIES = re.compile(r"(styrdokument[\w-]*)=([^;]*)")
Rows = dict[str, float]


@dataclass
class Person:
    """Somebody with a browser: what pages said, and the cookies."""

    port: int
    cookie: str = ""

    def get(self, path: str) -> str:
        """A page's text."""
        return self._ask("GET", path, None)[1]

    def post(self, path: str, page: str, **fields: str) -> str:
        """Send a form of a page that was read; where it led."""
        for name in ("csrf_token", "form_id", "snapshot", "base"):
            for found in re.findall(rf'name="{name}"\s+value="([^"]*)"', page)[-1:]:
                fields.setdefault(name, found)
        status, text, led_to = self._ask("POST", path, urlencode(fields))
        if status != http.client.SEE_OTHER:
            said = re.findall(r'data-problem="([^"]+)"', text)
            raise RuntimeError(f"{path}: {status} {said}")
        return led_to

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        line.request(method, path, body, headers if body is not None else {"Cookie": self.cookie})
        answer = line.getresponse()
        text = answer.read().decode()
        known = dict(COOKIES.findall(self.cookie))
        for said in answer.headers.get_all("Set-Cookie") or ():
            known |= dict(COOKIES.findall(said)[:1])
        self.cookie = "; ".join(f"{name}={value}" for name, value in known.items())
        line.close()
        return answer.status, text, answer.headers.get("Location", "")


def signed_in(port: int, login: str) -> Person:
    """Somebody of the demonstration, signed in."""
    person = Person(port)
    page = person.get("/session")
    person.post("/session", page, username=login, password=PASSWORD)
    return person


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(data: Path, port: int) -> Iterator[tuple[int, float]]:
    """The product on a library: its process, and the seconds until its first page."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "styrdokument", "serve", "--data", str(data), "--port"]
    process = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        while True:
            try:
                Person(port).get("/health.json")
                break
            except OSError:
                if process.poll() is not None:
                    raise
                time.sleep(0.01)
        yield process.pid, time.monotonic() - begun
    finally:
        process.terminate()
        process.wait(60)


def measure(data: Path, port: int, *, rounds: int) -> Rows:
    """What each thing costs, in CPU milliseconds unless the name says otherwise."""
    with served(data, port):
        pass
    rows: Rows = {}
    with served(data, port) as (pid, seconds):
        rows["second start to first page, s"] = seconds
        rows |= _reads(port, pid, rounds)
        rows["memory after reads, PSS MB"] = memory([pid])
        print(rows, file=sys.stderr)
        rows |= _decisions(port, pid, rounds * 2)
        rows["memory at the end, PSS MB"] = memory([pid])
    rows |= _rebuilding(data)
    return rows


def _reads(port: int, pid: int, rounds: int) -> Rows:
    listed = json.loads(Person(port).get("/documents.json?q=del&page=3"))["documents"]
    numbers = [document["id"] for document in listed]
    random = Random(1)
    eva = signed_in(port, "eva").cookie
    many = [random.choice(numbers) for _ in range(4000)]
    few = many[:60]

    def ask(path: str, some: list[int], lines: int = 8, cookie: str = "") -> float:
        asked = [request(path.format(one), cookie=cookie) for one in some]
        return cost(port, [pid], asked, lines=lines, rounds=rounds)

    def ask_once(path: str, some: list[int]) -> float:
        """What nobody has asked for before: each address is another."""
        asked = [request(path.format(one)) for one in some]
        before = spent([pid])
        send(port, asked, 1)
        return (spent([pid]) - before) / len(asked)

    listed_by = "/documents?type=routine&standing=in_force"
    some = sorted(set(many))[:60]
    return {
        "list with filters, 100 rows, first time": ask_once(f"{listed_by}&nr={{}}", some),
        "history, first time": ask_once("/documents/{}/history", some),
        "redline of two versions, first time": ask_once("/documents/{}/compare?from=4&to=5", some),
        "search, first time": ask_once("/search?q=handskarna&nr={}", some[:20]),
        "document's page": ask("/documents/{}", many),
        "document's page, signed in": ask("/documents/{}", many, cookie=eva),
        "list with filters, 100 rows": ask(listed_by, few, 1),
        "history": ask("/documents/{}/history", few, 1),
        "redline of two versions": ask("/documents/{}/compare?from=4&to=5", few, 1),
        "search": ask("/search?q=handskarna", few[:20], 1),
    }


def _decisions(port: int, pid: int, rounds: int) -> Rows:
    """A revision of a document, from its opening to its decision; the last post is what counts."""
    people = {login: signed_in(port, login) for login in ("alma", "birgit", "cecilia", "dag")}
    listed = json.loads(people["alma"].get("/documents.json?q=del&page=2"))["documents"]
    spents, passwords = [], []
    for document in listed:
        if len(spents) == rounds:
            break
        if "/cases/" in people["alma"].get(f"/documents/{document['id']}/actions"):
            continue  # a case is open on it, from an earlier run that was cut off
        case = _reviewed(people, document["id"])
        page = people["dag"].get(case)
        before = spent([pid])
        people["dag"].post(f"{case}/decision", page, password=PASSWORD, basis=_basis(page))
        spents.append(spent([pid]) - before)
        before = spent([pid])
        signed_in(port, "dag")
        passwords.append(spent([pid]) - before)
    middle = len(spents) // 2
    return {
        "decision, with the password looked at again": sorted(spents)[middle],
        "of which is the password (a sign-in, with its page)": sorted(passwords)[middle],
    }


def _basis(page: str) -> str:
    chosen = re.search(r'<select[^>]*name="basis".*?value="(\w+)"', page, re.DOTALL)
    return chosen[1] if chosen else "head_of_operations"


def _reviewed(people: dict[str, Person], document: int) -> str:
    """The address of a case that only has to be decided."""
    alma = people["alma"]
    page = alma.get(f"/documents/{document}/actions")
    case = alma.post("/cases", page, kind="revise", document=str(document))
    case = re.findall(r"/cases/\d+", case)[0]
    place = f"{case}/documents/{document}"
    page = alma.get(place)
    text = f"{body_of(document, 6)}\nÄndrad {time.time_ns()}.\n"  # other than in an earlier run
    alma.post(place, page, text=text)
    alma.post(f"{case}/submission", alma.get(case), change_note="Ny text.", significance="minor")
    for login in ("birgit", "cecilia"):
        people[login].post(f"{case}/approvals", people[login].get(case))
    return case


def _rebuilding(data: Path) -> Rows:
    begun, before = time.monotonic(), _children()
    command = [sys.executable, "-m", "styrdokument", "rebuild", "--data", str(data)]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603
    versions = int(said.split()[0])
    return {
        "rebuild, versions for a second of CPU": versions / (_children() - before),
        "rebuild, versions for a second": versions / (time.monotonic() - begun),
    }


def _children() -> float:
    import resource  # noqa: PLC0415

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    for name, value in measure(Path(sys.argv[1]), int(sys.argv[2]), rounds=3).items():
        print(f"{name:55} {value:10.3f}", flush=True)
