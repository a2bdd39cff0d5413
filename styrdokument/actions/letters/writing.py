"""From a row of the outbox to the letter that goes: who it is to is looked up again, as of now.

Nobody who has left, or has no right to what it is about, is sent anything.
"""

from styrdokument.actions.house import House
from styrdokument.actions.letters import digests, news
from styrdokument.actions.letters.content import Content, Ended, forms_of
from styrdokument.actions.letters.facts import Facts, current
from styrdokument.domain.addresses import mail_address
from styrdokument.domain.people import Actor, PersonId
from styrdokument.outside.mail import Attachment, Letter
from styrdokument.store.outbox import Key
from styrdokument.store.reminders import DIGEST
from styrdokument.text.calendar import calendar_of
from styrdokument.words import Words

GONE, NO_ADDRESS = Ended(why="gone"), Ended(why="no_address")


def letter_for(house: House, key: Key, facts: Facts) -> Letter | Ended:
    """The letter, in the recipient's language; or why there is none.

    `facts` were looked up a moment ago, for this letter among others.
    """
    person = PersonId(key.recipient)
    actor = house.actor(person)
    if actor is None:
        return GONE
    if not mail_address(actor.person.mail):
        return NO_ADDRESS
    words = Words(facts.languages.get(person, ""))
    content = _content(house, key, facts, actor, words)
    return content if isinstance(content, Ended) else _letter(house, key, actor, words, content)


def name_of(key: Key) -> str:
    """What a letter is, in one word: the same each time that it is sent."""
    return f"{key.happening} {key.recipient} {key.kind}"


def _content(house: House, key: Key, facts: Facts, actor: Actor, words: Words) -> Content | Ended:
    base_url = house.letterhead.base_url
    if key.kind == DIGEST:
        return digests.digest(current(house, key, facts), key, actor, words, base_url)
    if key.kind in news.IS_OF_A_CASE:
        return news.about_case(house, key, actor, words, base_url)
    if key.kind == news.HELD:
        return news.held_back(key, words, base_url)
    if key.kind in news.IS_NEWS:
        return news.decided(house, key, words, base_url)
    return Ended(why="not_needed")


def _letter(house: House, key: Key, actor: Actor, words: Words, content: Content) -> Letter:
    head, person = house.letterhead, actor.person
    text, html = forms_of(content, words, name=person.name, region=head.region)
    return Letter(
        key=name_of(key),
        to=person.mail,
        name=person.name,
        subject=content.subject,
        text=text,
        html=html,
        at=house.now(),
        attachments=(_calendar(house, content, words),) if content.days else (),
    )


def _calendar(house: House, content: Content, words: Words) -> Attachment:
    head = house.letterhead
    host = head.sender.rpartition("@")[2]
    name = words.say("calendar.name", region=head.region)
    data = calendar_of(content.days, name=name, host=host, at=house.now())
    return Attachment(name=words.say("mail.calendar_file"), kind="text/calendar", data=data)
