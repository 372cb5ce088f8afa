"""Torch code that two or more pipelines use, and nothing else."""
