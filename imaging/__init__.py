"""What pictures are: types, files, geometry, colour, metrics. NumPy, SciPy, Pillow and scikit-image; no torch."""
