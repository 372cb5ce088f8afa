"""The authors' files become ours, key for key; files of something else get a sentence."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch

from checkpoints import UnusableFile
from networks.files import load_network, read_card, read_state_dict
from pipelines.object_insertion import convert
from pipelines.object_insertion.network import ImageGenerator, StructureGenerator


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their networks in small: only the names are tested here."""
    structure, image = partial(StructureGenerator, widths=(4, 4, 4, 8)), partial(ImageGenerator, width=2, blocks=1)
    monkeypatch.setattr(convert, "StructureGenerator", structure)
    monkeypatch.setattr(convert, "ImageGenerator", image)


def test_a_structure_generator_in_parts(tmp_path: Path) -> None:
    network = StructureGenerator(widths=(4, 4, 4, 8))
    parts: dict[str, dict[str, torch.Tensor]] = {}
    for name, tensor in network.state_dict().items():
        first, *rest = name.split(".")
        if first.endswith("_modules"):
            first = f"{first.removesuffix('_modules')}_{rest.pop(0)}"
        if not name.endswith("num_batches_tracked"):
            parts.setdefault(first, {})[".".join(rest)] = tensor
    torch.save({"network": parts, "optimizer": {}}, tmp_path / "theirs.pth")
    convert.structure(tmp_path / "theirs.pth", tmp_path / "ours.safetensors", 35)
    arguments = {"labels": 35}
    state = read_state_dict(tmp_path / "ours.safetensors")
    assert arguments == read_card(tmp_path / "ours.safetensors")[0]
    for name, tensor in network.state_dict().items():
        assert torch.equal(state[name], tensor)


@pytest.mark.parametrize("colour", [False, True])
def test_an_image_generator_with_statistics_that_nobody_uses(tmp_path: Path, colour: bool) -> None:
    state = ImageGenerator(width=2, blocks=1, colour=colour).state_dict()
    unused = {f"ctx_inputEmbedder.2.running_{what}": torch.ones(2) for what in ("mean", "var")}
    torch.save(state | unused, tmp_path / "theirs.pth")
    convert.image(tmp_path / "theirs.pth", tmp_path / "ours.safetensors", 35)
    assert read_card(tmp_path / "ours.safetensors")[0] == {"labels": 35, "colour": colour}


def test_other_files_are_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(3)}, tmp_path / "other.pth")
    (tmp_path / "noise.pth").write_bytes(b"noise")
    for write in (convert.structure, convert.image):
        for name in ("other.pth", "noise.pth"):
            with pytest.raises(UnusableFile):
                write(tmp_path / name, tmp_path / "made.safetensors", 35)
    with pytest.raises(UnusableFile):
        load_network(StructureGenerator, tmp_path / "noise.pth")
