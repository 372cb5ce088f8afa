"""Face parsing: where the faces of a photo are, and what every pixel of one shows."""
