"""The real page, served once for all tests of a run: `app.py` as a process of its own, without a way to the Hub."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def page_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """http://127.0.0.1:PORT of a running page whose Hub is a closed port."""
    folder, port = tmp_path_factory.mktemp("page"), free_port()
    environment = os.environ | {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder / "gradio"),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HOME": str(folder / "hub"),
        "HF_ENDPOINT": f"http://127.0.0.1:{free_port()}",
    }
    environment.pop("HF_HUB_OFFLINE", None)
    log = (folder / "log").open("w")
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        address, end = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
        while not answers(address):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, "the page did not start"
            time.sleep(0.3)
        yield address
    finally:
        process.terminate()
        process.wait(20)
        log.close()
    # A traceback in the log is a bug that a visitor saw as a toast at best.
    assert "Traceback" not in (folder / "log").read_text()
