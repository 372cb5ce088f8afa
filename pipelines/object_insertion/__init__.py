"""Objects put into streets, removed, replaced and moved, by boxes (Hong et al. 2018)."""
