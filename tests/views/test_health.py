def test_x(client, eva):
    assert eva.get("/session").status_code == 200
