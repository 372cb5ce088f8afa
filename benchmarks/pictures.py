"""The README's pictures of each tab with its first example, from the page itself: python -m benchmarks.pictures."""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image as PillowImage

from benchmarks.page import ROOT, started

FOLDER = ROOT / "docs" / "tabs"
RESULTS = ROOT / "examples" / "results"
SIZE = {"width": 1280, "height": 900}
SHOWN = 800  # pixels, width of what is kept
PATIENCE = 60_000  # milliseconds
# Where the first in the alphabet shows less of what the tab is for.
EXAMPLES = {"region_style": "portrait-hair", "object_insertion": "narrow", "style_transfer": "cat-wave"}


def main() -> None:
    """Draws them all anew."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        started(Path(folder)) as (address, _, _),
        sync_playwright() as browsers,
    ):
        browser = browsers.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for tab in sorted(path.name for path in RESULTS.iterdir()):
            example = EXAMPLES.get(tab) or sorted(path.name for path in (RESULTS / tab).iterdir())[0]
            page = browser.new_page(viewport=SIZE)  # pyright: ignore[reportArgumentType] - a TypedDict
            page.goto(f"{address}/?tab={tab}&example={example}&__theme=light")
            page.locator(f"#{tab}-run:not([disabled])").wait_for(timeout=PATIENCE)
            page.wait_for_timeout(5000)  # pictures come and fade in
            shot = PillowImage.open(io.BytesIO(page.screenshot())).convert("RGB")
            shot.resize((SHOWN, SHOWN * shot.height // shot.width), PillowImage.Resampling.LANCZOS).save(
                FOLDER / f"{tab}.webp", quality=80
            )
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
