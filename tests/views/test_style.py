"""The style sheet, a region's own colour and its logo."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import assume, given
from hypothesis import strategies as st

from styrdokument.app import create_app
from styrdokument.config import BadConfig, read_config
from styrdokument.views.accent import DARK_GROUND, Accent, contrast, lightened
from tests.views.conftest import Region

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
PARTS = Path(__file__).parents[2] / "web/static/css"


def test_the_style_sheet_is_one_file_of_all_parts(client: FlaskClient) -> None:
    sheet = client.get("/style.css").text

    assert "@import" not in sheet
    for part in PARTS.glob("*.css"):
        rules = re.sub(r"(?s)/\*.*?\*/", "", part.read_text("utf-8"))
        first = re.search(r"^[.:@a-z][^{]*{", rules, re.MULTILINE)
        assert first is None or first[0] in sheet, part.name


def test_a_browser_keeps_the_style_sheet_until_it_changes(client: FlaskClient) -> None:
    address = re.search(r'href="(/style.css\?v=[0-9a-f]+)"', client.get("/").text)
    assert address

    kept = client.get(address[1])

    assert kept.cache_control.immutable
    assert kept.cache_control.public
    assert "Cookie" not in kept.vary


def test_a_region_has_its_own_colour_and_logo(region: Region) -> None:
    (region.config.data / "logo.svg").write_bytes(LOGO)
    app = create_app(region.house, replace(region.config, accent="#7a1f5c", logo="logo.svg"))

    page, sheet = app.test_client().get("/").text, app.test_client().get("/style.css").text

    assert 'src="/logo"' in page
    with app.test_client().get("/logo") as logo:
        assert logo.data == LOGO
    assert "--accent: light-dark(#7a1f5c, " in sheet


def test_a_region_without_a_logo_has_none(client: FlaskClient) -> None:
    assert client.get("/logo").status_code == 404
    assert "/logo" not in client.get("/").text


@pytest.mark.parametrize("colour", ["blue", "#12345", "#ffcc00", "#1d5c63; }"])
def test_a_colour_that_cannot_be_read_stops_the_start(region: Region, colour: str) -> None:
    with pytest.raises(BadConfig, match="accent: "):
        create_app(region.house, replace(region.config, accent=colour))


def test_a_logo_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"logo: there is no file 'region\.svg'"):
        read_config(tmp_path, {"STYRDOKUMENT_LOGO": "region.svg"})


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_that_is_taken_can_be_read_in_light_and_dark(number: int) -> None:
    colour = f"#{number:06x}"
    assume(contrast(colour, "#ffffff") >= 4.5)

    assert Accent(colour).css
    assert contrast(lightened(colour), DARK_GROUND) >= 4.5
    assert contrast("#000000", lightened(colour)) >= 4.5


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_icons_and_files_carry_what_they_hold(visit: Callable[..., FlaskClient]) -> None:
    client = visit()
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', client.get("/").text))

    assert addresses
    for address in addresses:
        assert re.search(r"\?v=[0-9a-f]{12}$", address), address
        with client.get(address) as answer:
            assert answer.status_code == 200
