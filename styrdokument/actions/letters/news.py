"""Letters that tell what happened: what was decided, whose turn it is, and what needs an eye.

What is looked up is as it is when the letter is sent; who may no longer see it gets none.
"""

from styrdokument.actions.house import House
from styrdokument.actions.letters.content import Content, Ended, Item, Section
from styrdokument.domain.access import may_see_case
from styrdokument.domain.case import CaseNumber
from styrdokument.domain.decisionfile import DecisionKind, from_bytes
from styrdokument.domain.document import Audience
from styrdokument.domain.people import Actor
from styrdokument.domain.problems import NotFound
from styrdokument.domain.tasks import waiting, whose_turn
from styrdokument.store.outbox import Key
from styrdokument.words import Words

TURN, RETURNED, WITHDRAWN = "turn", "returned", "withdrawn"
HELD = "held"


def decided(house: House, key: Key, words: Words, base_url: str) -> Content | Ended:
    """What was decided about a text; its title in the subject where anybody may read it."""
    filed = house.catalogue.decision(int(key.happening.partition(":")[2]))
    if filed is None:
        return Ended(why="not_needed")
    made = from_bytes(filed["file"].encode())
    facts = {"title": made.title, "document": made.document, "version": made.version}
    is_open = made.audience == Audience.PUBLIC
    who = made.decided_by.name if made.decided_by else ""
    days = {"day": made.effective_from, "end": made.valid_until or made.review_on}
    kind = str(made.kind)
    further = "" if made.valid_until else "_review"  # until further notice, and then reviewed
    told = f"mail.{kind}_days{'' if kind == 'repeal' else further}"
    lines = [words.say(told, **days)] if days["end"] or kind == "repeal" else []
    if made.change_note:
        lines.append(words.say("mail.change_note", note=" ".join(made.change_note.split())))
    if made.reason:
        lines.append(words.say("mail.reason", reason=" ".join(made.reason.split())))
    return Content(
        subject=words.say(f"mail.{kind}_subject{'' if is_open else '_internal'}", **facts),
        opening=(words.say(f"mail.{kind}_opening", who=who, **facts),),
        sections=(
            Section(
                title="",
                items=(
                    Item(
                        title=words.say("mail.document", **facts),
                        lines=tuple(lines),
                        address=f"{base_url}/documents/{made.document}",
                    ),
                ),
            ),
        ),
    )


def about_case(
    house: House, key: Key, actor: Actor, words: Words, base_url: str
) -> Content | Ended:
    """Whose turn it is, or how a case ended; never a word of the draft in the subject."""
    number = CaseNumber(int(key.happening.split(":")[1]))
    try:
        held = house.cases.read(number)
        matter = house.matters.of(held, on=house.today)
    except NotFound:
        return Ended(why="not_needed")
    if not may_see_case(matter, actor):
        return Ended(why="no_right")
    if key.kind != WITHDRAWN and not actor.answers_to_any(whose_turn(matter)):
        return Ended(why="not_needed")
    case = held.case
    kind = f"turn_{waiting(matter, actor)}" if key.kind == TURN else key.kind
    last = next((e for e in reversed(held.events) if e.step in {"return", "withdraw"}), None)
    reason = str(last.facts.get("reason", "")) if last and key.kind != TURN else ""
    titles = [one.fields.title for one in matter.drafts.values()]
    lines = [words.say(f"kind.{case.kind}")]
    if reason:
        lines.append(words.say("mail.reason", reason=" ".join(reason.split())))
    item = Item(
        title=", ".join(titles) or words.say("cases.untitled"),
        lines=tuple(lines),
        address=f"{base_url}/cases/{number}",
    )
    who = last.by.name if last and key.kind != TURN else ""
    return Content(
        subject=words.say(f"mail.{kind}_subject", number=number),
        opening=(words.say(f"mail.{kind}_opening", number=number, who=who),),
        sections=(Section(title="", items=(item,)),),
    )


def held_back(key: Key, words: Words, base_url: str) -> Content:
    """So much was to go out that a person is to look first."""
    _, day, count = key.happening.split(":")
    return Content(
        subject=words.say("mail.held_subject"),
        opening=(words.say("mail.held_opening", count=count, day=day),),
        sections=(),
        closing=(words.say("mail.held_closing", address=f"{base_url}/health"),),
    )


IS_NEWS = frozenset(
    {DecisionKind.ADOPT, DecisionKind.EXTEND, DecisionKind.CORRECT, DecisionKind.REPEAL}
)
IS_OF_A_CASE = frozenset({TURN, RETURNED, WITHDRAWN})
