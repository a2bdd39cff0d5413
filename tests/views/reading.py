"""How a test reads a page: its words, its first standing, its links."""

import html
import re

from flask.testing import FlaskClient


def main_of(client: FlaskClient, address: str, *, status: int = 200) -> str:
    """What stands in `<main>`, as it was sent."""
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    found = re.search(r"<main.*?</main>", response.get_data(as_text=True), re.DOTALL)
    assert found is not None
    return found[0]


def words_of(client: FlaskClient, address: str, *, status: int = 200) -> str:
    """The words that somebody sees in `<main>`, with single spaces."""
    bare = re.sub(r"<[^>]+>", " ", main_of(client, address, status=status))
    return " ".join(html.unescape(bare).split())


def hook(page: str, name: str) -> str:
    """The first value of a `data-` attribute on a page."""
    found = re.search(rf'data-{name}="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def facts_of(client: FlaskClient, address: str) -> dict[str, str]:
    """The labels and values of a page."""
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", main_of(client, address), re.DOTALL)
    bare = [[" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in pair] for pair in pairs]
    return {html.unescape(label): html.unescape(value) for label, value in bare}


def has_noindex(client: FlaskClient, address: str) -> bool:
    """Whether search engines are told to leave the page alone."""
    return '<meta name="robots" content="noindex">' in client.get(address).get_data(as_text=True)
