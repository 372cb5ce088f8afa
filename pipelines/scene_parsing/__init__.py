"""Scene parsing: what every pixel of a street shows."""
