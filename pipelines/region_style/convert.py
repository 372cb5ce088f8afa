"""The authors' files (github.com/ZPdesu/SEAN) as ours: their generator as safetensors, their saved style codes as npz.

    python -m pipelines.region_style.convert generator latest_net_G.pth sean.safetensors
    python -m pipelines.region_style.convert codes styles_test/style_codes/28000.png style.npz

Codes lie in a folder per portrait, in it `<label>/ACE.npy` for every region that it shows; the folder
`styles_test/mean_style_code/mean` holds the mean ones. `RegionStyle.from_authors` takes both results.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from safetensors.torch import save_file

from imaging.faces import NAMES
from imaging.types import InputError
from networks.files import read_state_dict, ready
from pipelines.region_style.codes import Codes
from pipelines.region_style.network import Generator

LENGTH = 512  # numbers in a code of theirs


def generator(file: Path, made: Path) -> None:
    """Writes their generator as safetensors; refuses weights that are not theirs, key for key."""
    state = read_state_dict(file)
    ready(Generator(), state, file.name)
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, made)


def codes(folder: Path) -> Codes:
    """The codes of a portrait from its folder."""
    values, present = np.zeros((len(NAMES), LENGTH), np.float32), np.zeros(len(NAMES), bool)
    for label in range(len(NAMES)):
        file = folder / f"{label}" / "ACE.npy"
        if file.exists():
            code = np.load(file, allow_pickle=False)
            if code.shape != (LENGTH,):
                raise InputError(
                    "{file} holds {shape} numbers, not {length}.", file=file, shape=code.shape, length=LENGTH
                )
            values[label], present[label] = code, True
    if not present.any():
        raise InputError("There are no style codes in {folder}: it has no <label>/ACE.npy.", folder=folder)
    blocks = len(Generator.BLOCKS)
    return Codes(np.repeat(values[None], blocks, 0), present, np.full((len(NAMES), 3), np.nan, np.float32))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["generator", "codes"])
    parser.add_argument("source", type=Path)
    parser.add_argument("made", type=Path)
    options = parser.parse_args()
    if options.what == "generator":
        generator(options.source, options.made)
    else:
        options.made.write_bytes(codes(options.source).saved())


if __name__ == "__main__":
    main()
