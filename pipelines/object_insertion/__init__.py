"""Objects put into streets, removed, replaced and moved, by boxes (Hong et al. 2018)."""

from pipelines.object_insertion.pipeline import ObjectInsertion, Options

__all__ = ["ObjectInsertion", "Options"]
