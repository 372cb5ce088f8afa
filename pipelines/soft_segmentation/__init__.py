"""Soft segmentation: a photo as a few layers that mean something."""
