"""Former ids and addresses lead on."""

import pytest

from tests.views.library import RICH


@pytest.mark.parametrize("former", ["platina:115094", "rutiner/sarvard.pdf", "platina%3A115094"])
def test_a_former_id_or_address_leads_to_its_document(client, former):
    response = client.get(f"/former/{former}")
    assert (response.status_code, response.location) == (301, f"/documents/{RICH}")


@pytest.mark.parametrize("former", ["platina:1", "%00", "'", "x" * 5000, "a/../b"])
def test_what_was_never_an_id_leads_nowhere(client, former):
    assert client.get(f"/former/{former}").status_code == 404
