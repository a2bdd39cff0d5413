"""The composition root: configuration, store and directory become a house, and the house an app."""

import atexit
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from jinja2 import StrictUndefined

from styrdokument import schedule, views
from styrdokument.actions.deciding import settle
from styrdokument.actions.house import INDEX, JOURNAL, KEY, REPOSITORY, SEAL, STOCKHOLM, House
from styrdokument.actions.staff import Staff
from styrdokument.actions.texts import finish, inspect
from styrdokument.config import LOOPBACK, SETTINGS, BadConfig, Config, read_config
from styrdokument.outside.directory import Organisation, organisation_in
from styrdokument.outside.mail import Letterhead, Post, post_in
from styrdokument.outside.oidc import Provider, provider_in
from styrdokument.resources import fingerprint, folder
from styrdokument.store.accounts import Accounts
from styrdokument.store.authenticators import Authenticators
from styrdokument.store.cases import Cases
from styrdokument.store.catalogue import Catalogue
from styrdokument.store.desk import Desk
from styrdokument.store.disk import Alive, clear_temporaries, write_durably
from styrdokument.store.evidence import Signer
from styrdokument.store.git import Damaged, Git, Missing
from styrdokument.store.holdings import Holdings
from styrdokument.store.index import Index
from styrdokument.store.journal import Journal
from styrdokument.store.matters import Matters
from styrdokument.store.outbox import Outbox
from styrdokument.store.pages import Pages
from styrdokument.store.pending import Pending
from styrdokument.store.projection import Projection
from styrdokument.store.record import Record
from styrdokument.store.reminders import Reminders
from styrdokument.store.reservations import Reservations
from styrdokument.store.runs import Runs
from styrdokument.store.sealing import Seal
from styrdokument.store.sessions import Sessions
from styrdokument.store.sql import open_cache, open_database
from styrdokument.store.texts import Texts
from styrdokument.store.ties import Ties
from styrdokument.store.tokens import Tokens
from styrdokument.store.watch import Watch
from styrdokument.store.wishes import Wishes
from styrdokument.text.wording import without_marks
from styrdokument.views import git_door
from styrdokument.views.accent import Accent
from styrdokument.views.bodies import Bodies
from styrdokument.views.front import Front
from styrdokument.views.proxies import Proxies
from styrdokument.views.site import Site

Outside = tuple[Organisation | None, Provider | None, Post, Letterhead]


class NoRecord(Exception):
    """There is no record in the data directory; the text says what to do."""


class NotMoved(Exception):
    """The journal stands in a file, and the configuration names an empty database for it."""


def open_house(
    config: Config, now: Callable[[], datetime] | None = None, *, is_within_git: bool = False
) -> House:
    """The house of a data directory, recovered and caught up.

    `is_within_git`: git waits for us with a push in quarantine, which recovery would sweep away.
    Raises NoRecord, NotMoved, BadAddress and Away, and what says that a database is another's.
    """
    if not (config.data / REPOSITORY / "HEAD").exists():
        raise NoRecord(f"{config.data}: no record here; begin one with: styrdokument init")
    house = join(config, now)
    house.alive.enter(lambda: None if is_within_git else recover(house))
    try:
        start(house, config)
    except BaseException:
        house.close()
        raise
    return house


def create_app(house: House, config: Config) -> Flask:
    """The web front of a house."""
    web = folder("web")
    largest = (config.appendix_megabytes + 2) * 1_000_000
    app = Flask("styrdokument", template_folder=web / "templates", static_folder=web / "static")
    app.config.update(
        MAX_CONTENT_LENGTH=largest,
        MAX_FORM_MEMORY_SIZE=8_000_000,
        MAX_FORM_PARTS=2_000,
        TRUSTED_HOSTS=trusted_hosts(config),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    site = Site(
        region=config.region,
        accent=accent_of(config),
        logo=config.data / config.logo if config.logo else None,
        base_url=config.base_url,
        is_on_loopback=config.is_on_loopback,
        today=config.today,
        networks=config.networks,
    )
    views.install(app, house, site)
    git_door.install(app, at_once=max(1, config.threads // 2))
    bodies = Bodies(app.wsgi_app, most=largest, at_once=max(1, config.threads // 2))
    front = Front(bodies, house, site, trusted_hosts=trusted_hosts(config))
    outermost = Proxies(front, config.trusted_proxies) if config.trusted_proxies else front
    app.wsgi_app = outermost  # type: ignore[method-assign]
    return app


def accent_of(config: Config) -> Accent | None:
    """The region's own colour, if it has one. Raises BadConfig."""
    try:
        return Accent(config.accent) if config.accent else None
    except ValueError as error:
        raise BadConfig(f"accent: {config.accent!r} {error}") from error


def wsgi() -> Flask:
    """The whole of `DATA`, for another server than our own. Raises NoRecord and BadConfig.

    Such a server listens where it likes, so a region with known passwords is refused.
    """
    config = read_config(Path(os.environ.get("DATA", "var")))
    house = open_house(config)
    if house.accounts.has_demonstration_accounts():
        house.close()
        raise BadConfig("demonstration accounts: serve this region with `styrdokument serve`")
    atexit.register(house.close)
    atexit.register(schedule.begin(house, config.scheduler))
    return create_app(house, config)


def trusted_hosts(config: Config) -> list[str] | None:
    """The names that the product answers to; None where an administrator has said none."""
    if config.base_url:
        return [urlsplit(config.base_url).hostname or "", *LOOPBACK]
    return [*LOOPBACK, "[::1]"] if config.is_on_loopback else None


def join(config: Config, now: Callable[[], datetime] | None = None) -> House:
    """Join the parts, with nothing recovered yet."""
    data, git = config.data, Git(config.data / REPOSITORY)
    signer = Signer.load(data / KEY) if (data / KEY).exists() else None
    record, cases = Record(data, git, signer), Cases(git)
    matters = Matters(git, record, cases, inspect)
    journal = Journal(open_database(config.journal_database or data / JOURNAL, "journal"))
    journal.prepare()
    index_engine = open_database(index_place := config.index_database or data / INDEX, "index")
    index = Index(index_engine, record, cases, matters, Projection(matters, without_marks))
    index.prepare()
    cache = open_cache(index_place, "index")
    accounts, now = Accounts(journal.engine), now or (lambda: datetime.now(STOCKHOLM))
    organisation, provider, post, letterhead = outside_of(config, now)
    return House(
        data=data,
        alive=Alive(data / "alive"),
        git=git,
        record=record,
        cases=cases,
        matters=matters,
        index=index,
        catalogue=Catalogue(index_engine),
        pages=Pages(cache),
        texts=Texts(cache, finish, maker=fingerprint),
        desk=Desk(index_engine),
        watch=Watch(index_engine),
        journal=journal,
        outbox=Outbox(journal.engine),
        reminders=Reminders(journal.engine),
        runs=Runs(journal.engine),
        wishes=Wishes(journal.engine),
        post=post,
        letterhead=letterhead,
        directory=Staff(
            accounts,
            Ties(journal.engine, accounts, lambda text: record.registers().unit_called(text)),
            Holdings(journal.engine),
            organisation,
            functions=lambda: record.registers().functions,
            now=now,
            at_once=max(1, config.threads // 2),
        ),
        accounts=accounts,
        sessions=Sessions(
            journal.engine,
            idle=timedelta(minutes=config.session_idle_minutes),
            longest=timedelta(hours=config.session_hours),
        ),
        tokens=Tokens(journal.engine),
        authenticators=Authenticators(journal.engine, Seal(data / SEAL)),
        pending=Pending(journal.engine),
        reservations=Reservations(journal.engine),
        provider=provider,
        recorded_ahead=config.recorded_ahead,
        now=now,
    )


def outside_of(config: Config, now: Callable[[], datetime]) -> Outside:
    """The directory, where people sign in elsewhere, the way out for mail. Raises BadConfig."""
    stated = {name: str(getattr(config, name)) for name in SETTINGS}
    try:
        return (
            organisation_in(config.data, stated, now),
            provider_in(stated, now),
            *post_in(config.data, stated, write_durably),
        )
    except ValueError as error:
        raise BadConfig(str(error)) from error


def recover(house: House) -> None:
    """What is done alone, before anything else: clear what killed writers left."""
    house.git.sweep()
    for place in (house.data, (house.data / KEY).parent):
        clear_temporaries(place)


def start(house: House, config: Config) -> None:
    """Finish what was cut off; where the record does not hold, only readers are served."""
    house.record.is_writable = house.record.has_sound_end()
    if house.record.is_writable:
        try:
            keep_journal(house, config)
            settle(house)
        except (Damaged, Missing, KeyError, ValueError):
            house.record.is_writable = False


def keep_journal(house: House, config: Config) -> None:
    """See to it that the journal is this record's. Raises NotMoved and AnothersJournal."""
    file = config.data / JOURNAL
    if config.journal_database and file.exists() and not house.journal.is_kept:
        raise NotMoved(
            f"journal_database: is empty, and {file} is not. Take the setting away, move the "
            "journal with `styrdokument journal copy --to ADDRESS`, and set it again"
        )
    if house.record.identity:
        house.journal.keep_with(house.record.identity)
