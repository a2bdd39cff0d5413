"""What every view asks for: the house, the actor, the day, words, and the way on after a post.

Views translate and nothing else: no rule stands here, and no `try`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast

from flask import Flask, Response, current_app, g, redirect, render_template, request

from styrdokument.actions.house import House
from styrdokument.domain.access import Act, may
from styrdokument.domain.people import Actor, Entry, Person, PersonId, is_person
from styrdokument.domain.problems import Code, Problem, Refused
from styrdokument.domain.registers import Registers
from styrdokument.store.sorting import sort_key
from styrdokument.store.sql import Away
from styrdokument.views.site import Site
from styrdokument.words import Words

Again = Callable[[tuple[Problem, ...]], str]
EXTENSION = "styrdokument"
LANGUAGE_COOKIE = "styrdokument-language"
"""The cookie that keeps the language which a reader chose."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask, house: House, site: Site) -> None:
    """Give the app its house and its site."""
    app.extensions[EXTENSION] = (house, site)


def house() -> House:
    """The house that this app serves."""
    return cast("House", current_app.extensions[EXTENSION][0])


def site() -> Site:
    """What the front has been told about itself."""
    return cast("Site", current_app.extensions[EXTENSION][1])


def visitor() -> Actor | None:
    """Whoever is signed in, or None."""
    return cast("Actor | None", g.get("actor"))


def actor() -> Actor:
    """Whoever is signed in. Raises Refused where nobody is."""
    found = visitor()
    if found is None:
        raise Refused(Problem(code=Code.NOT_SIGNED_IN))
    return found


def is_reading() -> bool:
    """Whether the request changes nothing."""
    return request.method in SAFE


def require(act: Act) -> None:
    """Go on only if the visitor may do `act`. Raises Refused; Away where nobody can know."""
    if not may_here(act):
        if away := g.get("away"):
            raise away
        signed_in = visitor() is not None
        raise Refused(Problem(code=Code.WRONG_ROLE if signed_in else Code.NOT_SIGNED_IN))


def require_current() -> None:
    """Go on only if it is known what the visitor may do these minutes. Raises Refused."""
    if not actor().is_current:
        raise Refused(Problem(code=Code.DIRECTORY_AWAY))


def may_here(act: Act) -> bool:
    """Whether the visitor may do `act`, signed in or from where they are."""
    return may(visitor(), act, is_inside=site().is_inside(request.remote_addr))


def today() -> date:
    """The day that pages are read on; a setting may move it, decisions never follow."""
    return site().today or house().today


def words() -> Words:
    """The words of the reader's language."""
    if "words" not in g:
        g.words = Words(request.cookies.get(LANGUAGE_COOKIE, ""))
    return cast("Words", g.words)


def in_order(title: str) -> str:
    """A key that sorts as the reader's language does."""
    return sort_key(title, is_swedish=words().is_original)


def registers() -> Registers:
    """The registers, read once for all that a page says of them."""
    if "registers" not in g:
        g.registers = house().registers
    return cast("Registers", g.registers)


def name_of(entry: Entry) -> str:
    """A person's name or a function's label, as the reader knows them.

    Where nobody can be looked up, the page is worth more than the name: the id stands in for it.
    """
    if not entry:
        return ""
    if is_person(entry):
        recall([entry])
        person = g.people[entry]
        return person.name if person else entry
    function = registers().functions.get(entry)
    return words().label(function.label) if function else entry


def recall(entries: Iterable[Entry]) -> None:
    """Look all the people among `entries` up at once; they are known for as long as the request.

    Where that cannot be done nobody is, and `g.away` says why.
    """
    known: dict[PersonId, Person | None] = g.setdefault("people", {})
    asked = {PersonId(entry) for entry in entries if is_person(entry)} - known.keys()
    if asked:
        known.update(dict.fromkeys(asked))
        try:
            known.update(house().directory.known(asked))
        except Away as away:
            g.away = away


def label_of(register: str, slug: str) -> str:
    """The label of a type, unit, function, process or law; its slug where it is not listed."""
    found = getattr(registers(), register).get(slug)
    return words().label(found.label) if found else slug


def page(template: str, **values: object) -> str:
    """Render a page."""
    return render_template(template, **values)


@contextmanager
def shared() -> Iterator[set[int]]:
    """While a page is made that is the same for all its readers: nobody is here.

    Gives the documents that it names, with `note_named`.
    """
    g.named = set()
    try:
        yield g.named
    finally:
        g.named = None


def is_shared() -> bool:
    """Whether the page being made is the same for all its readers."""
    return g.get("named") is not None


def note_named(documents: Iterable[int]) -> None:
    """The page being made shows how other documents stand; it is made again when that changes."""
    if is_shared():
        g.named.update(documents)


def on_refusal(again: Again) -> None:
    """What to show, with the problems, if the post is refused: the same page as it was typed."""
    g.again = again


def go_to(address: str) -> Response:
    """After a post: on to the page that shows the result."""
    return cast("Response", redirect(address, code=303))
