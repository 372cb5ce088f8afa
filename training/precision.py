"""Trainings multiply in bfloat16 where the hardware does, which halves a step."""

from __future__ import annotations

import torch

from networks.precision import precision


def autocast(device: torch.device) -> torch.autocast:
    """A context in which networks run in `precision`; losses and optimizers stay outside."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision(device) is torch.bfloat16)
