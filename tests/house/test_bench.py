"""What is measured can be measured: the scripts that make up rows know the tables as they are."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("script", "sizes"), [("desk.py", ["20"]), ("clock.py", ["200", "20"])])
def test_a_script_measures_a_small_library_to_the_end(script, sizes):
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / script, *sizes],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 3, done.stdout
