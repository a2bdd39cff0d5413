"""Walking about in the pages as a browser does: forms are found on a page, filled in and sent.

A form that a page does not offer cannot be sent with `send`; `post` sends one by hand.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from styrdokument.actions.registering import put_register
from tests.views import library

BODY = "## Syfte\n\n{}\n\n## Ansvar\n\nAlla.\n\n## Genomförande\n\nSprita ofta.\n"
REVIEWERS = ("birgit", "cecilia")


def page(client: FlaskClient, address: str) -> Any:
    """The page as a tree; it must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def tree(answer: TestResponse) -> Any:
    return html.fromstring(answer.text)


def main_of(tree: Any) -> Any:
    return tree.xpath("//main")[0]


def forms_at(client: FlaskClient, address: str) -> list[str]:
    """Where the forms in the page's <main> lead."""
    return main_of(page(client, address)).xpath(".//form/@action")


def fields_of(form: Any) -> dict[str, Any]:
    """What a browser sends if nothing is touched; repeated fields as lists."""
    found: dict[str, Any] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def form(client: FlaskClient, address: str, action: str, **marks: str) -> dict[str, Any]:
    """The fields of the form on a page that leads to `action` and holds `marks`."""
    found = [
        fields
        for one in page(client, address).forms
        if one.get("action") == action
        for fields in [fields_of(one)]
        if all(fields.get(name) == value for name, value in marks.items())
    ]
    assert len(found) == 1, f"{len(found)} forms to {action} on {address}"
    return found[0]


def send(client: FlaskClient, address: str, action: str = "", **typed: Any) -> TestResponse:
    """Fill in and send the form on `address` that leads to `action` (the page's own address)."""
    action = action or address
    fields = form(client, address, action)
    return client.post(action, data=fields | typed)


def post(client: FlaskClient, action: str, **typed: Any) -> TestResponse:
    """Send a form that no page offered; its token is good."""
    tokens = page(client, "/tasks").xpath("//input[@name='csrf_token']/@value")
    return client.post(action, data={"csrf_token": tokens[0], **typed})


def problems(answer: TestResponse) -> list[str]:
    """The codes of the reasons that a refusal lists, in the alert of its page."""
    return main_of(tree(answer)).xpath(".//*[@role='alert']//li/@data-problem")


def said(answer: TestResponse) -> str:
    """The reasons in words."""
    lines = main_of(tree(answer)).xpath(".//*[@role='alert']//li")
    return " ".join(" ".join(line.text_content().split()) for line in lines)


def words(tree: Any) -> str:
    """What a reader sees in <main>."""
    return " ".join(main_of(tree).text_content().split())


def state(client: FlaskClient, case: str) -> str:
    return str(main_of(page(client, case)).get("data-case-state"))


def snapshot(client: FlaskClient, case: str) -> str:
    return str(main_of(page(client, case)).get("data-snapshot"))


def steps_taken(house: Any, case: str) -> list[str]:
    """The steps in a case's log, oldest first."""
    number = int(case.rsplit("/", 1)[1])
    return [str(event.step) for event in house.cases.read(number).events]


def revised(person: Any, document: int = library.HYGIENE, text: str = "Tvätta noga.") -> str:
    """A revision that Alma has opened and written in: its address."""
    alma = person("alma")
    opened = _send_offer(alma, document, "revise")
    assert opened.status_code == 303, opened.text
    case = opened.headers["Location"]
    assert send(alma, f"{case}/documents/{document}", text=BODY.format(text)).status_code == 303
    return str(case)


def submitted(person: Any, **how: Any) -> str:
    """A revision on its reviewers' table."""
    case = revised(person, **how)
    sent = send(person("alma"), case, f"{case}/submission", change_note="Tvätta noggrannare.")
    assert sent.status_code == 303, sent.text
    return case


def reviewed(person: Any, **how: Any) -> str:
    """A revision that both reviewers have approved."""
    case = submitted(person, **how)
    for reviewer in REVIEWERS:
        assert send(person(reviewer), case, f"{case}/approvals").status_code == 303
    return case


def change_register(house: Any, ids: Mapping[str, str], name: str, old: str, new: str) -> None:
    """Put other words in a register, as Karin and Alma would."""
    data = house.record.register_files()[name]
    assert old.encode() in data
    by = [library.actor(house, ids, login) for login in ("karin", "alma")]
    put_register(house, name, data.replace(old.encode(), new.encode()), by=by, reason="Prov.")


def reviewed_policy(person: Any, house: Any, ids: Mapping[str, str]) -> str:
    """A policy of the assembly's, on review and approved; Gun is the assembly's secretary."""
    before = "Regional Assembly}\n  unit: region\n  holders: []"
    after = before.replace("[]", f"[{{person: {ids['gun']}, from: 2020-01-01}}]")
    change_register(house, ids, "functions.yaml", before, after)
    case = opened(person, "alma", library.CORRECTED, "revise")
    send(person("alma"), f"{case}/documents/{library.CORRECTED}", text="## Mål\n\nNytt.\n")
    send(person("alma"), case, f"{case}/submission", change_note="Nytt mål.")
    for reviewer in REVIEWERS:
        send(person(reviewer), case, f"{case}/approvals")
    return case


def opened(person: Any, login: str, document: int, kind: str) -> str:
    """A case opened with the form of the document's page of actions."""
    answer = _send_offer(person(login), document, kind)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def _send_offer(client: FlaskClient, document: int, kind: str) -> TestResponse:
    fields = form(client, f"/documents/{document}/actions", "/cases", kind=kind)
    return client.post("/cases", data=fields)


def without_tokens(answer: TestResponse) -> str:
    """A page without what differs from one look, and from one address, to the next."""
    return re.sub(r'name="(csrf_token|form_id)" value="[^"]*"|\?next=[^"]*"', "", answer.text)


def rows(fields: Mapping[str, Any], name: str) -> Sequence[str]:
    """The filled-in values of a repeated field."""
    values = fields[name] if isinstance(fields[name], list) else [fields[name]]
    return [value for value in values if value]
