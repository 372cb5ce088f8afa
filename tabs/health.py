"""Is the page well? For monitors and programs, as the endpoint `/health`."""

from __future__ import annotations

import hosting
from tabs.doors import doors


def health() -> dict:
    """Says that the page answers, what it computes on, and the endpoint of each tab."""
    endpoints = {name: f"/{door.endpoint}" for name, door in doors().items()}
    return {"status": "ok", "device": hosting.device_name(), "endpoints": endpoints}
