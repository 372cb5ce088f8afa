"""Networks in files: safetensors that say how they are built, and public files read without executing them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from checkpoints import UnusableFile

Network = TypeVar("Network", bound=nn.Module)

_ARGUMENTS, _CARD = "arguments", "card"  # keys of the header


def save_network(
    network: nn.Module, path: Path, arguments: Mapping[str, object], card: Mapping[str, object] | None = None
) -> None:
    """Writes `network` with the constructor arguments that rebuild it and its model card, JSON in the header."""
    save_state(network.state_dict(), path, arguments, card)


def save_state(
    state: Mapping[str, Tensor], path: Path, arguments: Mapping[str, object], card: Mapping[str, object] | None = None
) -> None:
    """Writes tensors with the same header: `arguments` say what they belong to."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    header = {_ARGUMENTS: json.dumps(dict(arguments), sort_keys=True), _CARD: json.dumps(dict(card or {}))}
    save_file(tensors, path, metadata=header)


def read_card(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The constructor arguments and the model card of a file that `save_network` wrote."""
    with safe_open(path, framework="pt") as file:
        header = file.metadata()
    return json.loads(header[_ARGUMENTS]), json.loads(header[_CARD])


def load_network(kind: type[Network], path: Path, device: torch.device | str = "cpu") -> Network:
    """The network that `save_network` wrote: strict keys, evaluation mode, frozen, float32.

    Raises `UnusableFile` with a sentence where the file is damaged or holds another network.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (SafetensorError, OSError) as error:
        raise UnusableFile("{file} is damaged and cannot be read.", file=path.name) from error
    if _ARGUMENTS not in header:
        raise UnusableFile("{file} does not say how its network is built.", file=path.name)
    try:
        network = kind(**json.loads(header[_ARGUMENTS]))
    except (TypeError, ValueError, RuntimeError) as error:  # arguments that this constructor does not take
        raise UnusableFile("{file} holds the weights of another network.", file=path.name) from error
    return ready(network, state, path.name, device)


def read_state_dict(path: Path, prefix: str = "") -> dict[str, Tensor]:
    """The tensors of a public file: safetensors, or a pickle that torch reads without running any code in it.

    Unwraps the usual containers of training scripts, averaged weights first. Of safetensors only those whose names
    begin with `prefix` are read.
    """
    try:
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt") as file:
                return {name: file.get_tensor(name) for name in file.keys() if name.startswith(prefix)}  # noqa: SIM118
        state = torch.load(path, map_location="cpu", weights_only=True)
        for container in ("params_ema", "params", "state_dict"):
            if container in state:
                state = state[container]
        return dict(state)
    except Exception as error:  # of any type: the pickle reader trips over damage wherever it happens to lie
        sentence = "{file} is damaged or holds more than weights, so it was not opened."
        raise UnusableFile(sentence, file=path.name) from error


def ready(network: Network, state: Mapping[str, Tensor], name: str, device: torch.device | str = "cpu") -> Network:
    """`network` with the weights of `state`, key for key, frozen, in evaluation mode, on `device`."""
    try:
        network.load_state_dict(dict(state), strict=True)
    except RuntimeError as error:
        raise UnusableFile("{file} holds the weights of another network.", file=name) from error
    return network.float().eval().requires_grad_(False).to(device)
