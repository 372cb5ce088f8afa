"""Scene parsing: what every pixel of a street shows."""

from pipelines.scene_parsing.pipeline import SceneParsing

__all__ = ["SceneParsing"]
