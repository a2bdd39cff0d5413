"""What the hooks ask, and what they are told: a question and an answer in plain JSON values.

The question comes from `guard`, run by git, and the answer goes back to the author's terminal. Who
asks is known before: it is never taken from the question.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from styrdokument.actions import reviewing
from styrdokument.actions.house import House, look
from styrdokument.actions.pushes.judging import judge
from styrdokument.actions.pushes.receiving import receive
from styrdokument.domain.case import CaseNumber, State, Step
from styrdokument.domain.matter import Given, Matter
from styrdokument.domain.people import Actor, Entry, PersonId, is_person
from styrdokument.domain.problems import NotFound, Problem, Refused
from styrdokument.domain.pushing import (
    MOST_REFS,
    NUL_ID,
    Command,
    Options,
    push_problem,
    read_options,
)
from styrdokument.domain.tasks import whose_turn
from styrdokument.domain.transitions import obstacles
from styrdokument.store.git import Damaged, Missing
from styrdokument.store.incoming import Brought
from styrdokument.store.programs import Quarantine
from styrdokument.store.sql import Away
from styrdokument.words import Words, plain

LOG = logging.getLogger("styrdokument")
BEFORE, PROCESS = "pre-receive", "proc-receive"
"""The hooks that ask: before anything is let in, and once it is, to move the branches."""
FAULTS = (Away, Damaged, Missing, NotFound, Refused, OSError, ValueError, LookupError)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who pushes, in which words they are answered, and the address that the product answers to."""

    house: House
    actor: Actor
    words: Words
    root: str


def answer(
    caller: Caller, question: Mapping[str, Any], brought: Brought | None = None
) -> dict[str, Any]:
    """Answer `{"lines": […], "results": {ref: reason}}`; a reason that is empty lets the ref in.

    `brought` is what the product itself took in; a hook says where git has it.
    """
    try:
        commands, options = _read(question)
    except Refused as refused:
        told = [caller.words.located(problem) for problem in refused.problems]
        refs = [str(row[2]) for row in question["commands"]]
        return {"lines": told, "results": dict.fromkeys(refs, "refused")}
    brought = brought or Brought(Quarantine.of(question.get("environment", {})))
    lines, results = [], {}
    for command in commands:
        told, reason = _one(caller, question["hook"], command, options, brought)
        lines += told
        results[command.ref] = reason
    return {"lines": lines, "results": results}


def _read(question: Mapping[str, Any]) -> tuple[list[Command], Options]:
    """What is asked. Raises Refused."""
    commands = [_command(row) for row in question["commands"]]
    if len(commands) > MOST_REFS:
        raise Refused(push_problem("too_many_refs", most=MOST_REFS))
    if question["hook"] == PROCESS and question.get("is_atomic") and len(commands) > 1:
        raise Refused(push_problem("atomic"))
    return commands, read_options([str(line) for line in question["options"]])


def _command(row: Sequence[str]) -> Command:
    old, new, ref = row
    return Command(ref=ref, old=None if old == NUL_ID else old, new=None if new == NUL_ID else new)


def _one(
    caller: Caller, hook: str, command: Command, options: Options, brought: Brought
) -> tuple[list[str], str]:
    """The lines about one ref, and why it is not let in."""
    words, ref = caller.words, plain(command.ref)
    try:
        if hook == BEFORE:
            caller.house.index.catch_up()
            judge(caller.house, caller.actor, command, options, brought.quarantine)
            return [], ""
        number = receive(caller.house, caller.actor, command, options, brought)
    except Refused as refused:
        told = [words.located(problem) for problem in refused.problems]
        return [words.say("guard.refused", ref=ref), *told], "refused"
    except FAULTS:
        LOG.exception("push of %r failed", command.ref)
        return [words.say("guard.failed", ref=ref)], "failed"
    try:
        return list(_welcome(caller, number, options)), ""
    except FAULTS:  # it is in all the same
        LOG.exception("nothing could be told of case %s", number)
        return [f"{caller.root}/cases/{number}"], ""


def _welcome(caller: Caller, number: CaseNumber, options: Options) -> Iterator[str]:
    """The case, its address, what is still missing, and whose turn it is."""
    words, house = caller.words, caller.house
    refused = _submit(caller, number, options) if options.is_submission else ()
    _held, matter = look(house, caller.actor, number)
    kind, state = words.say(f"kind.{matter.case.kind}"), words.say(f"state.{matter.case.state}")
    yield words.say("guard.received", number=number, kind=kind, state=state)
    yield f"{caller.root}/cases/{number}"
    if refused:
        yield words.say("guard.not_submitted")
        yield from (f"- {words.located(problem)}" for problem in refused)
    elif matter.case.state is State.DRAFT:
        given = Given(change_note=options.change_note)
        missing = obstacles(Step.SUBMIT, matter, caller.actor, given)
        yield words.say("guard.missing" if missing else "guard.complete")
        yield from (f"- {words.located(problem)}" for problem in missing)
        yield words.say("guard.how")
    yield words.say("guard.turn", who=", ".join(_names(house, words, matter)))


def _submit(caller: Caller, number: CaseNumber, options: Options) -> tuple[Problem, ...]:
    """Hand the draft in; what stands in the way. What was pushed is kept all the same."""
    given = Given(change_note=options.change_note, significance=options.significance)
    _held, matter = look(caller.house, caller.actor, number)
    if matter.case.state is State.IN_REVIEW:
        return ()  # it was handed in before, and now has another text
    try:
        reviewing.submit(caller.house, caller.actor, number, given)
    except Refused as refused:
        return refused.problems
    return ()


def _names(house: House, words: Words, matter: Matter) -> Iterator[str]:
    for entry in whose_turn(matter):
        yield _name(house, words, entry)


def _name(house: House, words: Words, entry: Entry) -> str:
    if is_person(entry):
        known = house.directory.known([PersonId(entry)])
        return next((person.name for person in known.values()), entry)
    function = house.registers.functions.get(entry)
    return words.label(function.label) if function else entry
