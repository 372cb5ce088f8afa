"""What outlines our own code draws, and of what they are made, where a mean of real ones is none.

A departure from Hong et al. (2018), whose masks and pixels are the networks' alone: means of people have no legs, of
what has two wheels no wheels, and ours of a bus is a blot with windows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.object_insertion.figures.cars import car_aside, car_corner
from pipelines.object_insertion.figures.cycles import bicycle, bicycle_ahead, motorcycle, motorcycle_ahead
from pipelines.object_insertion.figures.drawing import Figure
from pipelines.object_insertion.figures.people import riding, standing, walking
from pipelines.object_insertion.figures.vehicles import bus_ahead, bus_aside, bus_corner, truck_ahead, truck_aside

FIGURES: Mapping[str, Sequence[Figure]] = {
    name: [list(figure) for figure in figures]
    for name, figures in {
        "person": (
            standing(0.01, 0.0, 1.0),
            standing(0.05, 0.03, 1.05, away=True),
            standing(0.02, 0.02, 1.25),
            walking(0.1, 0.06, 1.0),
            walking(0.2, 0.12, 1.05),
            walking(0.15, 0.02, 1.25),
            walking(0.26, 0.16, 1.0),
            standing(0.09, 0.09, 1.1),
        ),
        "rider": (riding(0.12, 0.0), riding(0.2, 0.1), riding(0.03, 0.05)),
        "car": (
            car_corner(1.1, 0.65, 0.82, away=True),
            car_corner(1.1, 0.65, 0.82, away=False),
            car_corner(1.0, 1.0, 0.74, away=True),
            car_corner(1.0, 1.0, 0.74, away=False),
            car_aside(2.9, 0.5),
            car_aside(2.6, 0.72),
            car_aside(3.1, 0.45),
        ),
        "truck": (truck_ahead(0.8, away=True), truck_ahead(0.8, away=False), truck_aside(2.2)),
        "bus": (
            bus_corner(0.72, 0.75, 0.72),
            bus_corner(0.78, 0.4, 0.82),
            bus_corner(0.5, 1.5, 0.6),
            bus_ahead(0.88, away=False),
            bus_ahead(0.88, away=True),
            bus_aside(3.6),
        ),
        "motorcycle": (motorcycle(1.15), motorcycle(1.0), motorcycle_ahead(0.62)),
        "bicycle": (bicycle(1.1), bicycle(0.95), bicycle(0.8), bicycle_ahead(0.45), bicycle_ahead(0.3)),
    }.items()
}
"""By class, the most usual first."""
