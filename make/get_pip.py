"""Put pip into the environment of the running Python, from the package index that pip would use.

For a Python that came without pip, where nothing may be installed on the machine. One wheel is
fetched; it is the one of WHEEL and SHA256, or nothing. Standard library only.
"""

import configparser
import hashlib
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


def main() -> None:
    """Fetch the wheel and let it install itself."""
    page = setting("index-url", "https://pypi.org/simple").rstrip("/") + "/pip/"
    links = re.findall(r'href="([^"#]+)', fetch(page).decode())
    link = next((one for one in links if one.endswith(f"/{WHEEL}") or one == WHEEL), None)
    if link is None:
        sys.exit(f"{page} has no {WHEEL}.")
    wheel = fetch(urllib.parse.urljoin(page, link))
    if hashlib.sha256(wheel).hexdigest() != SHA256:
        sys.exit(f"{link} is not the {WHEEL} that was asked for.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, WHEEL)
        file.write_bytes(wheel)
        install = [str(file / "pip"), "install", "--quiet", "--no-index", "--no-deps", str(file)]
        subprocess.run([sys.executable, *install], check=True)  # noqa: S603


def setting(name: str, default: str) -> str:
    """Answer what pip's environment or configuration files say."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    files = configparser.RawConfigParser()
    files.read(
        [
            "/etc/pip.conf",
            Path.home() / ".pip" / "pip.conf",
            Path.home() / ".config" / "pip" / "pip.conf",
            os.environ.get("PIP_CONFIG_FILE", os.devnull),
        ]
    )
    return value or files.get("global", name, fallback=default)


def fetch(address: str) -> bytes:
    """Answer what stands at the address, trusting the certificates that pip would trust."""
    trusted = ssl.create_default_context(cafile=setting("cert", "") or None)
    with urllib.request.urlopen(address, timeout=60, context=trusted) as answer:  # noqa: S310
        return bytes(answer.read())


main()
