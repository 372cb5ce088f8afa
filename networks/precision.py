"""What matrices are multiplied in: bfloat16 where the hardware does, several times faster than float32."""

from __future__ import annotations

import torch


def precision(device: torch.device) -> torch.dtype:
    """bfloat16 on a GPU and on a CPU with instructions for matrices of it; float32 on any other CPU."""
    able = device.type == "cuda" or bool(torch.cpu.get_capabilities().get("amx_bf16"))
    return torch.bfloat16 if able else torch.float32


def autocast(device: torch.device) -> torch.autocast:
    """A context in which networks run in bfloat16 on a CPU with instructions for matrices of it; as given elsewhere."""
    able = device.type == "cpu" and precision(device) is torch.bfloat16
    return torch.autocast(device.type, torch.bfloat16, enabled=able)
