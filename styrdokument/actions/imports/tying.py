"""What ties the documents of one source together: links, files beside them, twins and copies.

All of it is worked out before any document has an id: a link to another document names its place
among the plans, and `file_of` puts the id there when it is known.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from styrdokument.actions.imports.atlas import Atlas, Kind, Known
from styrdokument.actions.imports.attachments import Attachments, Beside
from styrdokument.actions.imports.conversion import under_title
from styrdokument.actions.imports.editions import Edition, shown
from styrdokument.actions.imports.linking import rewritten
from styrdokument.actions.imports.mapping import SourceMap, Twins
from styrdokument.actions.imports.origins import TAKEN_AS_ONE
from styrdokument.actions.imports.remark import Remark, short
from styrdokument.domain.document import HIGHEST_ID, DocumentId
from styrdokument.store import frontmatter

_TIE = re.compile(b"/documents/\x01([0-9]+)[.]([0-9]+)\x01")
"""No text has this sign: it is taken out of every text that is read."""
_ID_LINE = b"---\nid: %d\n"
_TWIN_LINE = b"\ntranslations: [%d]\n" % HIGHEST_ID
"""Stands once, for no other key is called so, and nothing else in a head begins a line."""
Ids = Callable[[int], DocumentId | None]


class Tie:
    """Settles the links of one source's documents; `plans` are their editions, oldest first."""

    def __init__(
        self,
        plans: Mapping[int, Sequence[Edition]],
        earlier: Mapping[int, Sequence[str]],
        map_: SourceMap,
        files: Attachments,
    ) -> None:
        newest = {number: editions[-1] for number, editions in plans.items()}
        known = [_known(number, newest[number], earlier[number]) for number in sorted(newest)]
        self._atlas = Atlas(known, map_.links)
        self._files = files
        self._twins = _twins(newest, map_.twins)

    def settled(self, number: int, editions: Sequence[Edition]) -> list[Edition]:
        """The editions of one plan with their links settled; the newest tells what is dead."""
        twins = self._twins.get(number, ())
        done = [replace(self._settled(edition), twins=twins) for edition in editions]
        return [replace(one, remarks=()) for one in done[:-1]] + done[-1:]

    def _settled(self, edition: Edition) -> Edition:
        text, beside = edition.text, Beside()
        links: list[str] = []
        dead: list[str] = []

        def answer(target: str) -> str | None:
            place = self._atlas.find(
                target, at=edition.stage.path, language=str(text.fields["language"])
            )
            if place.kind is Kind.DOCUMENT:
                links.append(target)
                return f"/documents/\x01{place.number}.{len(links) - 1}\x01{place.tail}"
            if place.kind is Kind.FILE:
                taken = self._files.find(edition.stage.moment.commit, place.paths)
                if taken:
                    name = beside.name_for(taken)
                    return f"{quote(name)}{place.tail}" if name else None
                dead.append(target)
            return place.address if place.kind is Kind.ADDRESS else None

        body = rewritten(text.body, answer)
        remarks = [
            *beside.remarks,
            *(_dead(target) for target in dict.fromkeys(dead)),
        ]
        return replace(
            edition,
            text=replace(text, body=body),
            links=tuple(links),
            appendices=beside.files,
            remarks=tuple(remarks),
        )


def _dead(target: str) -> Remark:
    return Remark(rule="dead_link", values={"target": short(target)})


def copies(newest: Mapping[int, Edition]) -> list[tuple[int, ...]]:
    """Groups of documents whose texts are the same, in the same language; oldest first."""
    groups: dict[tuple[str, object, object], list[int]] = defaultdict(list)
    for number, edition in newest.items():
        if body := " ".join(edition.text.body.split()):
            key = body, edition.text.fields["language"], frozenset(edition.appendices.items())
            groups[key].append(number)
    return [
        tuple(sorted(group, key=lambda n: (-newest[n].stage.moment.place, newest[n].stage.path)))
        for group in groups.values()
        if len(group) > 1
    ]


def merged(kept: Edition, others: Iterable[Edition]) -> Edition:
    """One document for several units: it applies to all of theirs, and has all their addresses."""
    others = tuple(others)
    applies_to = dict.fromkeys(
        str(entry) for one in (kept, *others) for entry in _listed(one.text.fields["applies_to"])
    )
    former = dict.fromkeys(name for one in (kept, *others) for name in one.former_ids)
    sources = [
        Remark(
            rule=TAKEN_AS_ONE,
            values={"path": shown(one.stage.path), "commit": one.stage.moment.commit},
        )
        for one in others
    ]
    return replace(
        kept,
        text=under_title(kept.text, applies_to=list(applies_to)),
        former_ids=tuple(former),
        remarks=(*kept.remarks, *sources),
    )


def composed(edition: Edition) -> Edition:
    """The edition with its file, but for the ids. Raises Refused for a head that is too large."""
    text = under_title(
        edition.text,
        id=HIGHEST_ID,
        former_ids=list(edition.former_ids),
        **({"translations": [HIGHEST_ID]} if edition.twins else {}),
    )
    return replace(edition, data=frontmatter.compose(text.fields, text.body))


def file_of(edition: Edition, document: DocumentId, ids: Ids) -> bytes:
    """The file as it is stored: with its id, and those of the documents that it names.

    What has no id, for it was refused, keeps the link that the source had.
    """
    twins = sorted(found for number in edition.twins if (found := ids(number)))
    line = b"translations: [%s]\n" % ", ".join(map(str, twins)).encode() if twins else b""
    data = edition.data.replace(_ID_LINE % HIGHEST_ID, _ID_LINE % document, 1)
    data = data.replace(_TWIN_LINE, b"\n" + line, 1) if edition.twins else data

    def tied(found: re.Match[bytes]) -> bytes:
        id_ = ids(int(found[1]))
        return f"/documents/{id_}".encode() if id_ else edition.links[int(found[2])].encode()

    return _TIE.sub(tied, data)


def _known(number: int, newest: Edition, earlier: Sequence[str]) -> Known:
    former = [name for name in newest.former_ids if ":" not in name or "//" in name]
    return Known(number=number, path=newest.stage.path, earlier=earlier, former=former)


def _twins(newest: Mapping[int, Edition], how: Twins) -> dict[int, tuple[int, ...]]:
    """The other languages of each document."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, edition in newest.items():
        for key in _twin_keys(edition, how):
            groups[key].append(number)
    found: dict[int, set[int]] = defaultdict(set)
    for group in groups.values():
        languages = {newest[number].text.fields["language"] for number in group}
        if len(languages) == len(group):  # two in one language are no twins: nobody knows which
            for number in group:
                found[number] |= set(group) - {number}
    return {number: tuple(sorted(others)) for number, others in found.items() if others}


def _twin_keys(edition: Edition, how: Twins) -> Iterator[tuple[str, str]]:
    if edition.text.twin:
        yield "key", edition.text.twin
    path = edition.stage.path
    for beginning in sorted(how.paths, key=len, reverse=True):
        if path == beginning or path.startswith(f"{beginning}/"):
            yield "path", how.paths[beginning] + path[len(beginning) :]
            break
    if path in how.paths.values() or any(path.startswith(f"{b}/") for b in how.paths.values()):
        yield "path", path
    folder, _, name = path.rpartition("/")
    stem, *ends = name.split(".")
    if set(ends) & set(how.endings):
        rest = ".".join(end for end in ends if end not in how.endings)
        yield "ending", f"{folder}/{stem}.{rest}"


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else [value]
