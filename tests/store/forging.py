"""Somebody who changes a record behind the product's back, by real git and ssh-keygen.

`Forger` knows the format as docs/formats.md tells it and uses none of the product. With the
record's own key it is a rogue service, which can make anything but the truth.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

WHO = "GIT_{}_{}"
Decision = dict[str, Any]
Files = Mapping[str, bytes | None]


class Forger:
    """Works on the bare repository `record` with the private key at `key`."""

    def __init__(self, record: Path, key: Path) -> None:
        """Over a copy that nobody else uses."""
        self.record, self.key = record, key

    def git(self, *words: str, data: bytes | None = None, **env: str) -> bytes:
        """Run git on the record; what it prints."""
        clean = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", "-c", "gpg.format=ssh", *words]
        done = subprocess.run(
            command,
            cwd=self.record,
            input=data,
            capture_output=True,
            check=False,
            env={**os.environ, **clean, **env},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def id(self, name: str) -> str:
        """What a revision is."""
        return self.git("rev-parse", name).decode().strip()

    def read(self, path: str, at: str = "main") -> bytes:
        """A file's bytes."""
        return self.git("cat-file", "blob", f"{at}:{path}")

    def paths(self, folder: str, at: str = "main") -> list[str]:
        """The files below a folder, by path from the top."""
        return self.git("ls-tree", "-r", "--name-only", at, f"{folder}/").decode().split("\n")[:-1]

    def decision(self, path: str, at: str = "main") -> Decision:
        """A decision file's values."""
        return json.loads(self.read(path, at))

    def commit(
        self,
        files: Files,
        *,
        on: str = "main",
        parents: tuple[str, ...] = (),
        by: str = "p-0000000x",
        committer: str = "",
        at: str = "2026-11-21T12:00:00+01:00",
        message: str = "x\n",
        key: Path | None = None,
        modes: Mapping[str, str] | None = None,
    ) -> str:
        """Put a commit on `main` with files set (None: removed); unsigned without a key."""
        index = {"GIT_INDEX_FILE": str(self.record / "forged-index")}
        self.git("read-tree", on, **index)
        for path, data in files.items():
            if data is None:
                gone = f"0 {'0' * 40}\t{path}\n".encode()
                self.git("update-index", "--index-info", data=gone, **index)
                continue
            blob = self.git("hash-object", "-w", "--stdin", data=data).decode().strip()
            mode = (modes or {}).get(path, "100644")
            self.git("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}", **index)
        tree = self.git("write-tree", **index).decode().strip()
        (self.record / "forged-index").unlink()
        new = self._commit_tree(tree, parents or (on,), by, committer or by, at, message, key)
        self.git("update-ref", "refs/heads/main", new)
        return new

    def sign(self, data: bytes, key: Path, namespace: str = "styrdokument-decision") -> bytes:
        """An SSH signature of the bytes, by ssh-keygen."""
        command = ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", namespace, "-"]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    def add(
        self,
        decision: Decision,
        files: Files,
        *,
        alter: Callable[[Decision], object] = lambda _: None,
        extra: Files | None = None,
        sealed_by: Path | None = None,
        signature: bytes | None = None,
        **how: Any,
    ) -> None:
        """Enter a decision about a folder as the product would, and `alter` it before it is signed.

        `files` are the folder's own, by path from it; `extra` is put in the same commit.
        """
        folder, number = self._place(decision)
        self._set_content(decision, files)
        newest = self._newest("main")
        decision["seq"] = json.loads(newest)["seq"] + 1
        decision["previous_record"] = hashlib.sha256(newest).hexdigest()
        decision["previous_document"] = self._hash_before(folder, number)
        alter(decision)
        data = in_bytes(decision)
        path = f"{folder}/decisions/{number:04d}.json"
        signed = signature or self.sign(data, sealed_by or self.key)
        standing = {f"{folder}/{name}": blob for name, blob in files.items()}
        facts = {"by": decision["recorded_by"]["id"], "at": decision["recorded_at"]}
        facts |= {"message": message_of(decision), "key": self.key}
        self.commit(
            {**standing, path: data, f"{path}.sig": signed, **(extra or {})}, **{**facts, **how}
        )

    def redo(self, path: str, **how: Any) -> None:
        """Make the newest commit, which holds the decision at `path`, once more and otherwise."""
        decision = self.decision(path)
        folder = path.partition("/decisions/")[0]
        names = [p for p in self.paths(folder) if "/decisions/" not in p]
        files = {name.removeprefix(f"{folder}/"): self.read(name) for name in names}
        self.git("update-ref", "refs/heads/main", "main~1")
        self.add(decision, files, **how)

    def _place(self, decision: Decision) -> tuple[str, int]:
        document = decision["document"]
        folder = "registers" if document is None else folder_of(document)
        names = [p for p in self.paths(f"{folder}/decisions") if p.endswith(".json")]
        return folder, len(names) + 1

    def _set_content(self, decision: Decision, files: Files) -> None:
        decision["content"] = [
            {
                "path": path,
                "sha256": hashlib.sha256(data).hexdigest(),
                "git": self.git("hash-object", "-w", "--stdin", data=data).decode().strip(),
                "size": len(data),
            }
            for path, data in sorted(files.items())
            if data is not None
        ]
        set_hash(decision)

    def _newest(self, at: str) -> bytes:
        paths = self.git("ls-tree", "-r", "--name-only", at).decode().split("\n")
        found = [self.read(p, at) for p in paths if "/decisions/" in p and p.endswith(".json")]
        return max(found, key=lambda data: json.loads(data)["seq"])

    def _hash_before(self, folder: str, number: int) -> str | None:
        if number == 1:
            return None
        before = self.read(f"{folder}/decisions/{number - 1:04d}.json")
        return hashlib.sha256(before).hexdigest()

    def _commit_tree(
        self,
        tree: str,
        parents: tuple[str, ...],
        by: str,
        committer: str,
        at: str,
        message: str,
        key: Path | None,
    ) -> str:
        env = {}
        for role, name in (("AUTHOR", by), ("COMMITTER", committer)):
            env[WHO.format(role, "NAME")] = name
            env[WHO.format(role, "EMAIL")] = f"{name}@record.invalid"
            env[WHO.format(role, "DATE")] = at
        words = [word for parent in parents for word in ("-p", self.id(parent))]
        sealed = ["-c", f"user.signingKey={key}"] if key else []
        words = [*sealed, "commit-tree", tree, *words, *(["-S"] if key else [])]
        return self.git(*words, data=message.encode(), **env).decode().strip()


def folder_of(document: int) -> str:
    """A document's folder."""
    return f"documents/{document // 10000:02d}/{document // 100 % 100:02d}/{document}"


def set_hash(decision: Decision) -> None:
    """Make the content hash that of the files that are stated."""
    lines = "".join(f"{file['sha256']}  {file['path']}\n" for file in decision["content"])
    decision["content_hash"] = hashlib.sha256(lines.encode()).hexdigest()


def in_bytes(decision: Decision) -> bytes:
    """A decision file."""
    return f"{json.dumps(decision, sort_keys=True, ensure_ascii=False, indent=1)}\n".encode()


def message_of(decision: Decision) -> str:
    """A commit's message."""
    lines = [f"Decision: {decision['seq']}"]
    lines += [f"Case: {decision['case']}"] if decision["case"] else []
    if decision["document"]:
        lines.append(f"Document: {decision['document']} v{decision['version']}")
    return "\n".join([f"{decision['kind']}: x", "", *lines, ""])


def new_key(path: Path) -> Path:
    """Somebody's own key pair."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def signers_line(key: Path) -> bytes:
    """The line by which a key's signatures would count."""
    public = key.with_suffix(".pub").read_text().split()
    options = 'namespaces="git,styrdokument-decision",valid-after="20260101Z"'
    return f"styrdokument@record.invalid {options} {public[0]} {public[1]}\n".encode()
