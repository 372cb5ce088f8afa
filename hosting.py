"""Where pipelines run: in this process on the CPU or its GPU, or on the GPU that a ZeroGPU Space lends for a call.

On ZeroGPU networks must be loaded in the main process before the first call (a GPU call runs in a fork of it), so
`preload` runs when the page is built; elsewhere a pipeline is loaded when it is first asked for.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

try:
    import spaces.config  # before torch, which it patches on a ZeroGPU Space
except ImportError:
    spaces = None
import torch

from checkpoints import UnusableFile
from pipelines.contract import Pipeline

Kind = TypeVar("Kind", bound=Pipeline)
Function = TypeVar("Function", bound=Callable[..., Any])

ON_ZERO_GPU = spaces is not None and spaces.config.Config.zero_gpu
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

_loaded: dict[tuple[type[Pipeline], str], Pipeline] = {}
_lock = threading.Lock()


def on_gpu(seconds: int) -> Callable[[Function], Function]:
    """Marks a function that computes for up to `seconds`: on a ZeroGPU Space it runs with a GPU, elsewhere as it is."""

    def decorate(function: Function) -> Function:
        return spaces.GPU(duration=seconds)(function) if spaces else function  # pyright: ignore[reportReturnType]

    return decorate


def pipeline(kind: type[Kind], variant: str) -> Kind:
    """The pipeline with that variant's weights, loaded once per process; raises `UnusableFile` where there are none."""
    with _lock:
        if (kind, variant) not in _loaded:
            _loaded[kind, variant] = kind.load(variant, DEVICE)
        return _loaded[kind, variant]  # pyright: ignore[reportReturnType]


def preload(kinds: Iterable[type[Pipeline]]) -> None:
    """On ZeroGPU: loads every variant whose files are here already (embedded, or by `preload_from_hub`)."""
    if not ON_ZERO_GPU:
        return
    for kind in kinds:
        for variant, files in kind.CHECKPOINTS.items():
            if all(file.is_local for file in files):
                try:
                    pipeline(kind, variant)
                except UnusableFile as error:
                    print(f"{kind.__name__} {variant}: {error}")


def give_back_memory() -> None:
    """After a run: glibc keeps what was freed, a gigabyte for a large photo, unless it is asked to let go."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):  # not with musl
        trim(0)


def device_name() -> str:
    """What computes, for the status line."""
    return torch.cuda.get_device_name() if DEVICE == "cuda" else "CPU"
