"""The authors' files (github.com/xcyan/neurips18_hierchical_image_manipulation) as ours: safetensors.

    python -m pipelines.object_insertion.convert structure latest_net_G.pth structure.safetensors
    python -m pipelines.object_insertion.convert image latest_net_G.pth image.safetensors --labels 49

`ObjectInsertion.from_authors` takes the results.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from checkpoints import UnusableFile
from networks.files import ready, save_network
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator

ADE20K = 49  # labels: its structure generator has other norms and dilated blocks

_NUMBERED = re.compile(r"_(?=[0-9]+$)")
_UNUSED = re.compile(r"running_(mean|var)$")


def structure(file: Path, made: Path, labels: int) -> None:
    """Writes their box-to-layout generator, whose parts lie in the file one by one."""
    flat = {
        f"{_NUMBERED.sub('_modules.', part)}.{name}": tensor
        for part, state in _read(file).get("network", {}).items()
        for name, tensor in state.items()
    }
    built: dict[str, Any] = {"labels": labels}
    if labels == ADE20K:
        built |= {"norm": "instance", "dilations": (2, 4)}
        flat = {name: tensor for name, tensor in flat.items() if not _UNUSED.search(name)}
    _write(StructureGenerator(**built), flat, file, made, built)


def image(file: Path, made: Path, labels: int) -> None:
    """Writes their layout-to-pixels generator; that it takes colours is seen from its first layer."""
    state = {name: tensor for name, tensor in _read(file).items() if not _UNUSED.search(name)}
    first = state.get("ctx_inputEmbedder.1.weight")
    built: dict[str, Any] = {"labels": labels, "colour": first is not None and first.shape[1] == 6}
    _write(ImageGenerator(**built), state, file, made, built)


def _read(file: Path) -> dict[str, Any]:
    try:
        return dict(torch.load(file, map_location="cpu", weights_only=True))
    except Exception as error:  # of any type: the pickle reader trips over damage wherever it happens to lie
        sentence = "{file} is damaged or holds more than weights, so it was not opened."
        raise UnusableFile(sentence, file=file.name) from error


def _write(network: nn.Module, state: dict[str, Tensor], file: Path, made: Path, built: dict[str, Any]) -> None:
    """Files of PyTorch 0.3 do not count batches; `ready` refuses everything else that differs."""
    counts = {name: tensor for name, tensor in network.state_dict().items() if name.endswith("num_batches_tracked")}
    save_network(ready(network, counts | state, file.name), made, built)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["structure", "image"])
    parser.add_argument("source", type=Path)
    parser.add_argument("made", type=Path)
    parser.add_argument("--labels", type=int, default=35, choices=[35, ADE20K])
    options = parser.parse_args()
    write = structure if options.what == "structure" else image
    write(options.source, options.made, options.labels)


if __name__ == "__main__":
    main()
