"""What was counted in the data, as arrays in a file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Self

import torch

from networks.files import read_state_dict


class Statistics:
    """Base of dataclasses whose fields are all arrays."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """From the file that a script of `training` wrote."""
        return cls(**{name: tensor.numpy() for name, tensor in read_state_dict(path).items()})

    def state(self) -> dict[str, torch.Tensor]:
        """As tensors, by name."""
        names = [field.name for field in fields(self)]  # pyright: ignore[reportArgumentType] - subclasses are dataclasses
        return {name: torch.from_numpy(getattr(self, name)) for name in names}
