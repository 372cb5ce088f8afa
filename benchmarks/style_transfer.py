"""Style transfer: how near to painting and photo, and how fast, beside its peers."""

from benchmarks.style_transfer_quality import quality
from benchmarks.style_transfer_speed import PARTS, speed

__all__ = ["PARTS", "quality", "speed"]
