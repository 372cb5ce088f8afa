"""The mean of two residual networks, the second trained on from the first: better than either (Wortsman et al. 2022).

    python -m training.super_resolution_mean FIRST SECOND OUT --share 0.65

Blocks that the second has and the first has not stand in the first as they began: changing nothing.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

import torch

from networks.files import load_network, read_card, save_network
from pipelines.super_resolution.network import ResidualNetwork
from training.run import placed
from training.super_resolution import Cases, lifted


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("first", "second", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the first network (%(default)s)")
    options = parser.parse_args()
    second = load_network(ResidualNetwork, options.second)
    first = lifted(load_network(ResidualNetwork, options.first), second)
    second.load_state_dict(
        {name: tensor.lerp(first[name], options.share) for name, tensor in second.state_dict().items()}
    )
    arguments, card = read_card(options.second)
    stage = {"command": shlex.join(["python", *map(placed, sys.orig_argv[1:])]), "recipe": {}}
    scores = Cases(second.scale, torch.device("cpu")).score(second)
    card |= {"stages": [*card["stages"], stage], "scores": {name: round(value, 4) for name, value in scores.items()}}
    save_network(second, options.out, arguments, card)
    print(scores)


if __name__ == "__main__":
    main()
