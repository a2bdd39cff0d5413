"""A wheel carries all that the program needs, and runs far from the checkout."""

import re
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
LOCK = CHECKOUT / "requirements" / "run.lock"

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
    run(*build, CHECKOUT, cwd=folder)
    (file,) = folder.glob("styrdokument-*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment with the wheel and the packages of run.lock, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps"]
    run(*pip, wheel, cwd=folder)
    (packages,) = folder.glob("env/lib/python3*/site-packages")
    for name, marker in re.findall(r"(?m)^([\w.-]+)==[^ ;]+(?: ; (.+))? \\$", LOCK.read_text()):
        link_package(name, marker, packages)
    return folder


def link_package(name: str, marker: str, into: Path) -> None:
    """Lend a package from the environment of the tests: it has the same versions."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        assert marker, f"{name} is in run.lock but not in the environment of the tests"
        return
    tops = {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}
    for top in tops:
        (into / top).symlink_to(package.locate_file(top))


@pytest.mark.parametrize("name", ["web", "content", "hooks"])
def test_the_wheel_carries_every_file_of_the_folder(wheel, name):
    carried = set(zipfile.ZipFile(wheel).namelist())
    files = [file for file in (CHECKOUT / name).rglob("*") if file.is_file()]
    assert files
    wanted = {f"styrdokument/_bundle/{file.relative_to(CHECKOUT).as_posix()}" for file in files}
    assert wanted - carried == set()


def test_the_wheel_carries_every_module(wheel):
    carried = set(zipfile.ZipFile(wheel).namelist())
    modules = (CHECKOUT / "styrdokument").rglob("*.py")
    assert {file.relative_to(CHECKOUT).as_posix() for file in modules} - carried == set()


@pytest.mark.parametrize("name", ["web", "content", "hooks"])
def test_the_installed_program_finds_its_folders_outside_the_checkout(installed, name):
    ask = f"from styrdokument.resources import folder; print(folder({name!r}))"
    answer = Path(run(installed / "env/bin/python", "-c", ask, cwd=installed).strip())
    assert answer.is_relative_to(installed / "env")
    assert answer.is_dir()


def test_the_installed_command_makes_a_data_directory(installed, tmp_path):
    command = installed / "env/bin/styrdokument"
    assert "init" in run(command, "--help", cwd=tmp_path)
    run(command, "init", "--data", tmp_path / "data", cwd=tmp_path)
    assert (tmp_path / "data" / "styrdokument.toml").is_file()
    assert (tmp_path / "data" / "record.git").is_dir()
