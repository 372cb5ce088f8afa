"""The gallery: a dozen paintings in the public domain. They themselves are not in this repository.

What ships of each is ours: a texture that has its style (synthesised from noise), and its parameters in the one-pass
network, in this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Painting:
    """Whose style it is; `file` is the painting among the training data."""

    title: str
    painter: str
    year: str
    file: str

    @property
    def caption(self) -> str:
        """Painter and title."""
        return f"{self.painter}, {self.title}"


PAINTINGS: Mapping[str, Painting] = {
    "great_wave": Painting("The Great Wave off Kanagawa", "Hokusai", "c. 1831", "hokusai_wave.jpg"),
    "starry_night": Painting("The Starry Night", "Van Gogh", "1889", "vangogh_starry_night.jpg"),
    "scream": Painting("The Scream", "Munch", "1893", "munch_scream.jpg"),
    "composition_vii": Painting("Composition VII", "Kandinsky", "1913", "kandinsky_composition_vii.jpg"),
    "water_lilies": Painting("Water Lilies", "Monet", "1919", "monet_water_lilies.jpg"),
    "wheat_field": Painting("Wheat Field with Cypresses", "Van Gogh", "1889", "vangogh_wheat_field.jpg"),
    "night_cafe": Painting("The Night Café", "Van Gogh", "1888", "vangogh_night_cafe.jpg"),
    "shipwreck": Painting("The Shipwreck of the Minotaur", "Turner", "c. 1810", "turner_shipwreck_minotaur.jpg"),
    "woman_with_hat": Painting("Woman with a Hat", "Matisse", "1905", "matisse_woman_with_hat.jpg"),
    "udnie": Painting("Udnie", "Picabia", "1913", "picabia_udnie.jpg"),
    "edtaonisl": Painting("Edtaonisl", "Picabia", "1913", "picabia_edtaonisl.jpg"),
    "contrast_of_forms": Painting("Contrast of Forms", "Léger", "1913", "leger_contrast_of_forms.jpg"),
}
