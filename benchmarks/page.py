"""How long a visitor waits for the page, and what it takes at rest: python -m benchmarks.page.

Three starts of `app.py`, each with caches of its own and a Hub that does not answer: seconds until the page answers;
then, in a Chromium without a cache, until the first tab's Run can be pressed and another tab opens at a click; then the
resident memory of the process, before anything was computed. `--write` puts the table into `benchmarks/results.md`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.rows import Measured, Note, Row, markdown

ROOT = Path(__file__).resolve().parents[1]
STARTS = 3
MOST_SECONDS = 300.0  # for a start
REST_SECONDS = 3.0
FLOORS = {"start_seconds": 20.0, "interactive_seconds": 3.0, "resident_gib": 1.2}
FIRST, SECOND = "style_transfer", "region_style"  # the tabs that come first


@dataclass(frozen=True)
class Seen:
    """One start."""

    start_seconds: float
    interactive_seconds: float
    resident_gib: float


@contextmanager
def started(folder: Path) -> Iterator[tuple[str, int, float]]:
    """The page's address, its process and how many seconds it took to answer."""
    port = free_port()
    environment = os.environ | {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder / "gradio"),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HOME": str(folder / "hub"),
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }
    start = time.perf_counter()
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        while not answers(address):
            if process.poll() is not None or time.perf_counter() - start > MOST_SECONDS:
                raise SystemExit(f"The page did not start:\n{(folder / 'log').read_text()}")
            time.sleep(0.05)
        yield address, process.pid, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address: str) -> bool:
    """Whether a page is served there."""
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except OSError:
        return False
    return True


def interactive(address: str) -> float:
    """Seconds from the address's entry until a visitor can run the first tab and turn to the second."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # CI and containers run as root, where Chromium's sandbox does not start.
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto("about:blank")
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.locator(f"#{FIRST}-run:not([disabled])").wait_for()
        page.get_by_role("tab").nth(1).click()
        page.locator(f"#{SECOND}-run").wait_for()
        seconds = time.perf_counter() - start
        browser.close()
    return seconds


def resident_gib(process: int) -> float:
    """What the process holds of memory now; Linux only."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 2**20


def seen() -> Seen:
    """A start, a visit, a rest."""
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as (address, process, seconds):
        ready = interactive(address)
        time.sleep(REST_SECONDS)
        return Seen(seconds, ready, resident_gib(process))


def measure(starts: int) -> list[Measured]:
    """Medians, with the floors beside them."""
    found = [seen() for _ in range(starts)]
    rows: list[Measured] = []
    for metric, floor in FLOORS.items():
        rows.append(Row("page", "fresh caches", metric, median(getattr(one, metric) for one in found)))
        rows.append(Row("at most", "fresh caches", metric, floor))
    rows.append(Note(f"Medians of {starts} starts. interactive_seconds: from the address to another tab's opening."))
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line; ends with status 1 where a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=STARTS)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/results.md")
    options = parser.parse_args(arguments)
    from benchmarks import results

    where = results.circumstances()
    rows = measure(options.starts)
    text = results.section("page", "first paint", where, markdown(rows))
    print(text)
    if options.write:
        results.write("page", "first paint", text, results.FILE)
    figures = {row.metric: row.value for row in rows if isinstance(row, Row) and row.variant == "page"}
    if missed := [metric for metric, floor in FLOORS.items() if figures[metric] > floor]:
        raise SystemExit(f"Missed: {', '.join(missed)}.")


if __name__ == "__main__":
    main()
