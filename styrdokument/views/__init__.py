"""HTTP: one module per resource, no rules."""

from flask import Flask

from styrdokument.actions.house import House
from styrdokument.views import (
    account,
    actions_page,
    calendar,
    cases,
    comparisons,
    delegation,
    departures,
    documents,
    editing,
    errors,
    former,
    git_door,
    git_page,
    handing_over,
    health,
    history,
    imports,
    kept,
    language,
    lists,
    mail,
    open_cases,
    overview,
    people,
    posting,
    presenting,
    search,
    security,
    session,
    start,
    style,
    support,
    tasks,
    versions,
    year_list,
)
from styrdokument.views.site import Site

BLUEPRINTS = (
    style.bp,
    language.bp,
    session.bp,
    account.bp,
    actions_page.bp,
    cases.bp,
    editing.bp,
    tasks.bp,
    start.bp,
    versions.bp,
    comparisons.bp,
    history.bp,
    documents.bp,
    lists.bp,
    search.bp,
    overview.bp,
    open_cases.bp,
    year_list.bp,
    delegation.bp,
    departures.bp,
    people.bp,
    handing_over.bp,
    former.bp,
    git_door.bp,
    health.bp,
    imports.bp,
    mail.bp,
    calendar.bp,
    git_page.bp,
)


def install(app: Flask, house: House, site: Site) -> None:
    """Give the app its house, its guards and its routes."""
    support.install(app, house, site)
    security.install(app)
    posting.install(app)
    errors.install(app)
    kept.install(app)
    presenting.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
