"""The command line: what it prints, and the exit code that it ends with."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from styrdokument.app import open_house
from styrdokument.cli import main
from styrdokument.config import FILE, Config, read_config

PASSWORD = "ett-långt-lösenord"


@pytest.fixture(autouse=True)
def umask():
    kept = os.umask(0)
    os.umask(kept)
    yield
    os.umask(kept)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    data = tmp_path_factory.mktemp("cli") / "data"
    assert call("init", "--data", data).exit_code == 0
    return data


@pytest.fixture
def data(begun, tmp_path):
    shutil.copytree(begun, tmp_path / "data")
    return tmp_path / "data"


def call(*words, **how):
    """The command in this process: quicker, for what leaves nothing behind in it."""
    return CliRunner().invoke(main, [str(word) for word in words], **how)


def serve(data, *words):
    """A server that is expected not to start."""
    command = [sys.executable, "-m", "styrdokument", "serve", "--data", data, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return SimpleNamespace(exit_code=done.returncode, stdout=done.stdout, stderr=done.stderr)


def check_refused(done, *words):
    """It could not be done, and one line says why."""
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_an_import_where_nobody_is_a_controller_says_how_somebody_becomes_one(data):
    done = call("import", "git", data / "record.git", "--docs", "*.md", "--data", data)
    check_refused(done, "nobody is a controller", "register put functions.yaml")


def add(data, login, *words, password=PASSWORD):
    words = ("account", "add", login, "--name", login.title(), "--password-stdin", *words)
    return call(*words, "--data", data, input=f"{password}\n")


def add_demonstration_account(data):
    house = open_house(Config(data=data))
    known = {"password": "styrdokument", "is_demonstration": True}
    house.accounts.add("alma", name="Alma", title="Handläggare", at=house.now(), **known)
    house.close()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def serving(data, port):
    """A server in a process of its own, which ends with the test whatever happens."""
    words = [sys.executable, "-m", "styrdokument", "serve", "--data", data, "--port", str(port)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as server:
        try:
            yield server
        finally:
            server.kill()


def test_init_says_that_a_record_is_begun_and_again_that_it_is_there(tmp_path):
    first = call("init", "--data", tmp_path / "data")
    again = call("init", "--data", tmp_path / "data")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout == f"{tmp_path / 'data'}: the record is begun.\n"
    assert again.stdout == f"{tmp_path / 'data'}: the record is there.\n"


def test_the_data_directory_is_named_by_the_environment_where_it_is_not_typed(tmp_path):
    done = call("init", env={"DATA": str(tmp_path / "data")})
    assert done.exit_code == 0
    assert (tmp_path / "data" / FILE).is_file()


def test_the_data_directory_may_stand_before_the_command_and_counts_for_those_within_it(tmp_path):
    elsewhere = {"DATA": str(tmp_path / "elsewhere")}
    assert call("--data", tmp_path / "data", "init", env=elsewhere).exit_code == 0
    assert (tmp_path / "data" / FILE).is_file()
    refused = call("--data", tmp_path / "data", "account", "disable", "eva", env=elsewhere)
    check_refused(refused, "Det finns inget")


def test_what_init_makes_is_closed_to_the_machines_other_users(data):
    for path in (data, *data.rglob("*")):
        assert path.stat().st_mode & 0o007 == 0, path


def test_init_where_nothing_can_be_written_tells_so_in_a_line(tmp_path):
    (tmp_path / "file").write_text("")
    check_refused(call("init", "--data", tmp_path / "file" / "data"), "file")


@pytest.mark.parametrize(
    "words", [("nope",), ("--nope",), ("health", "--nope"), ("account", "nope")]
)
def test_what_is_not_built_is_unknown(words):
    check_refused(call(*words), "nope", "--help")


@pytest.mark.parametrize("command", ["account disable eva", "health", "rebuild"])
def test_where_there_is_no_record_a_command_says_how_to_begin_one(tmp_path, command):
    check_refused(call(*command.split(), "--data", tmp_path), "styrdokument init")


def test_nothing_is_served_where_there_is_no_record(tmp_path):
    check_refused(serve(tmp_path), "styrdokument init")


@pytest.mark.parametrize("command", ["config", "health", "init"])
def test_a_setting_that_cannot_be_used_stops_every_command(data, command):
    (data / FILE).write_text('port = "many"\n')
    check_refused(call(command, "--data", data), "port", "many")


def test_what_nobody_thought_of_is_told_in_a_line_too(data):
    shutil.rmtree(data / "keys")
    (data / "keys").mkdir()
    (data / "keys" / "record").write_text("no key")
    check_refused(call("health", "--data", data), "evidence.py")


def test_config_prints_what_is_in_force_and_masks_secrets(data):
    address = "postgresql+psycopg://styr:hemligt@db/index"
    done = call("config", "--data", data, env={"STYRDOKUMENT_INDEX_DATABASE": address})
    assert done.exit_code == 0
    assert "port = 8080\n" in done.stdout
    assert "trusted_proxies = \n" in done.stdout
    assert "index_database = ***\n" in done.stdout
    assert "hemligt" not in done.stdout
    plain = json.loads(call("config", "--json", "--data", data).stdout)
    assert plain["port"] == "8080"
    assert plain["index_database"] == ""


def test_networks_are_shown_as_they_are_understood(data):
    stated = {"NETWORKS": "10.0.0.0/8,2001:db8::/32", "TRUSTED_PROXIES": "127.0.0.1"}
    done = call("config", "--data", data, env={f"STYRDOKUMENT_{k}": v for k, v in stated.items()})
    assert "networks = 10.0.0.0/8, 2001:db8::/32\n" in done.stdout
    assert "trusted_proxies = 127.0.0.1/32\n" in done.stdout


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("NETWORKS", "10.0.0.1/8", "10.0.0.1/8"),
        ("NETWORKS", "staff", "staff"),
        ("TRUSTED_PROXIES", "1", "trusted_proxies"),
        ("THREADS", "many", "a number"),
        ("TODAY", "igår", "a day"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_a_line(data, setting, value, words):
    done = call("config", "--data", data, env={f"STYRDOKUMENT_{setting}": value})
    check_refused(done, setting.lower(), words)


def test_networks_are_for_a_site_that_knows_its_own_name(data):
    stated = {"STYRDOKUMENT_NETWORKS": "10.0.0.0/8", "STYRDOKUMENT_HOST": "0.0.0.0"}
    check_refused(call("config", "--data", data, env=stated), "networks", "base_url")
    stated["STYRDOKUMENT_BASE_URL"] = "https://styrdokument.example"
    assert call("config", "--data", data, env=stated).exit_code == 0


def test_a_sound_house_is_healthy(data):
    done = call("health", "--json", "--data", data)
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"decisions": 1, "problems": []}
    assert call("health", "--data", data).stdout == "1 decisions\n"


def test_a_house_without_its_key_is_not_healthy(data):
    (data / "keys" / "record").unlink()
    done = call("health", "--data", data)
    assert done.exit_code == 1
    assert "signing key" in done.stdout
    assert json.loads(call("health", "--json", "--data", data).stdout)["problems"]


def test_a_house_whose_newest_decision_is_signed_by_another_key_is_not_healthy(data):
    done = add(data, "karin"), add(data, "arvid")
    assert [one.exit_code for one in done] == [0, 0]
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", data / "other"], check=True
    )
    (data / "other").replace(data / "keys" / "record")
    assert put_units(data, "karin", "arvid").exit_code == 0
    found = call("health", "--data", data)
    assert found.exit_code == 1
    assert "signature" in found.stdout


def test_rebuild_makes_the_index_from_nothing(data):
    (data / "index.db").unlink()
    done = call("rebuild", "--data", data)
    assert done.exit_code == 0
    assert done.stdout == "0 versions are in the index.\n"


def test_an_account_is_added_and_its_person_id_printed(data):
    done = add(data, "eva", "--title", "Sjuksköterska", "--unit", "organisation", "--admin")
    assert done.exit_code == 0
    house = open_house(read_config(data, {}))
    account = house.accounts.named("eva")
    assert done.stdout == f"{account.person.id}\n"
    assert (account.person.title, account.person.unit) == ("Sjuksköterska", "organisation")
    assert account.is_admin
    assert not account.is_demonstration
    assert house.accounts.authenticate("eva", PASSWORD) == account.person.id
    house.close()


def test_a_password_is_asked_for_twice(data):
    words = ("account", "add", "eva", "--name", "Eva", "--data", data)
    done = call(*words, input=f"{PASSWORD}\nannat-lösenord\n{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert done.stdout.count("Password:") == 2
    assert PASSWORD not in done.output


def test_an_account_gets_another_address_and_keeps_the_rest(data):
    add(data, "eva", "--title", "Sjuksköterska", "--mail", "eva@exempel.invalid")
    told = call("account", "change", "eva", "--mail", "eva@sjukhuset.invalid", "--data", data)
    assert told.exit_code == 0
    with closing(open_house(Config(data=data))) as house:
        person = house.accounts.named("eva").person
    assert (person.mail, person.title) == ("eva@sjukhuset.invalid", "Sjuksköterska")
    for words in (["--mail", "eva"], ["--unit", "finns-inte"], []):
        check_refused(call("account", "change", "eva", *words, "--data", data))


def test_an_account_that_cannot_be_added_is_refused_in_words(data):
    add(data, "eva")
    check_refused(add(data, "eva"), "upptaget")
    check_refused(add(data, "frans", password="kort"), "10")
    check_refused(add(data, "frans", "--unit", "månen"), "månen")


def test_a_lost_password_is_set_anew_and_what_the_old_one_had_opened_ends(data):
    add(data, "eva")
    secret = call("token", "create", "eva", "--data", data).stdout.split()[-1]
    words = ["account", "password", "eva", "--password-stdin", "--data", data]
    check_refused(call(*words, input="kort\n"), "10")
    assert call(*words, input="en helt ny mening\n").exit_code == 0
    with closing(open_house(Config(data=data))) as house:
        assert house.accounts.authenticate("eva", PASSWORD) is None
        assert house.accounts.authenticate("eva", "en helt ny mening")
        assert house.tokens.find(secret, at=house.now()) is None
    check_refused(call("account", "password", "gun", "--password-stdin", "--data", data), "gun")


def test_a_disabled_account_lets_nobody_in(data):
    add(data, "eva")
    assert call("account", "disable", "eva", "--data", data).exit_code == 0
    house = open_house(read_config(data, {}))
    assert house.accounts.authenticate("eva", PASSWORD) is None
    house.close()
    check_refused(call("account", "disable", "gun", "--data", data))


def put_units(data, *logins, reason="Ny enhet.", slug="kirurgen"):
    file = data / "units.yaml"
    file.write_text(f"organisation:\n  label: {{sv: Regionen}}\n{slug}:\n  parent: organisation\n")
    by = [word for login in logins for word in ("--by", login)]
    return call("register", "put", file, *by, "--reason", reason, "--data", data)


def test_a_register_is_put_in_place_by_two_people(data):
    add(data, "karin")
    add(data, "arvid")
    check_refused(put_units(data, "karin", "gun"), "gun")
    check_refused(put_units(data, "karin", "karin"))
    check_refused(put_units(data, "karin", "arvid", reason=" "))
    done = put_units(data, "karin", "arvid")
    assert (done.exit_code, done.output) == (0, "")
    house = open_house(read_config(data, {}))
    assert set(house.registers.units) == {"organisation", "kirurgen"}
    decision = house.record.everything_decided()[-1].decision
    assert decision.reason == "Ny enhet."
    assert [who.name for who in (decision.decided_by, *decision.participants)] == [
        "Karin",
        "Arvid",
    ]
    house.close()


@pytest.mark.parametrize("slug", ["Kirurgen", "vård", "kirurgen/ett", "p-kirurgen", "'två ord'"])
def test_what_would_not_do_in_an_address_or_looks_like_a_person_names_no_unit(data, slug):
    add(data, "karin")
    add(data, "arvid")
    check_refused(put_units(data, "karin", "arvid", slug=slug), slug.strip("'"), "bindestreck")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_serve_tells_where_and_for_whom_and_ends_cleanly_when_told_to(data, ending):
    add_demonstration_account(data)
    add(data, "eva")
    port = free_port()
    with serving(data, port) as server:
        lines = [server.stdout.readline() for _ in range(4)]
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request("GET", "/nowhere")
            assert connection.getresponse().status == 404
        server.send_signal(ending)
        out, err = server.communicate(timeout=60)
    assert lines[0] == f"Region Exempel: http://127.0.0.1:{port}\n"
    assert "styrdokument" in lines[1]
    assert lines[2].split() == ["alma", "Handläggare"]
    assert "Ctrl" in lines[3]
    assert (server.returncode, out, err) == (0, "", "")


def test_serve_heeds_ctrl_c_also_where_the_shell_had_it_ignored(data):
    add(data, "eva")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with serving(data, free_port()) as server:
            server.stdout.readline()
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=60)
    finally:
        signal.signal(signal.SIGINT, before)
    assert server.returncode == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_known_passwords_are_served_on_loopback_only(data, host):
    add_demonstration_account(data)
    check_refused(serve(data, "--host", host), host)


def test_a_port_that_is_taken_is_told_in_a_line(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        check_refused(serve(data, "--port", port), "in use")


def test_help_waits_for_no_database_and_no_web():
    ask = "import sys; from styrdokument.cli import main; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True
    ).stdout
    assert "click" in answer.split()
    assert not {"sqlalchemy", "dulwich", "flask", "granian"} & set(answer.split())
