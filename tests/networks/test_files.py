"""Networks written to files and read again, and files that must not be believed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from checkpoints import UnusableFile
from networks.files import load_network, read_card, read_state_dict, ready, save_network


class Tiny(nn.Module):
    """A convolution of so many channels, and a buffer; `scale` is in no tensor."""

    def __init__(self, channels: int, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale
        self.body = nn.Conv2d(3, channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, channels, H, W)."""
        return self.norm(self.body(x)) * self.scale


class Other(nn.Module):
    """The same arguments, other tensors."""

    def __init__(self, channels: int, scale: float = 1.0) -> None:
        super().__init__()
        self.head = nn.Linear(channels, 2)


ARGUMENTS = {"channels": 4, "scale": 0.5}


@pytest.fixture
def network() -> Tiny:
    """A network with weights of its own, in training mode, as a training leaves it."""
    torch.manual_seed(0)
    network = Tiny(**ARGUMENTS)
    network(torch.rand(2, 3, 5, 5))  # moves the running statistics off their start
    return network


@pytest.fixture
def file(network: Tiny, tmp_path: Path) -> Path:
    """`network` in a file."""
    path = tmp_path / "tiny.safetensors"
    save_network(network, path, ARGUMENTS)
    return path


# Our own files


def test_there_and_back(network: Tiny, file: Path) -> None:
    loaded = load_network(Tiny, file)
    x = torch.rand(1, 3, 6, 7)
    assert loaded.scale == 0.5, "an argument that no tensor tells comes from the header"
    assert torch.equal(loaded(x), network.eval()(x))
    assert loaded.state_dict().keys() == network.state_dict().keys()


def test_a_loaded_network_is_ready_to_run(file: Path) -> None:
    loaded = load_network(Tiny, file)
    assert not any(module.training for module in loaded.modules())
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


def test_half_precision_is_for_the_file_only(network: Tiny, tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    save_network(network.half(), path, ARGUMENTS)
    tensors = read_state_dict(path)
    assert tensors["body.weight"].dtype == torch.float16
    for loaded in (load_network(Tiny, path), ready(Tiny(**ARGUMENTS).half(), tensors, path.name)):
        assert loaded.body.weight.dtype == torch.float32
        assert torch.equal(loaded.body.weight, network.body.weight.float())


def test_weights_that_are_views_of_others_are_saved(tmp_path: Path) -> None:
    network = Tiny(4)
    network.body.weight = nn.Parameter(torch.rand(3, 4, 3, 3).transpose(0, 1))
    assert not network.body.weight.is_contiguous()
    save_network(network, tmp_path / "view.safetensors", {"channels": 4})
    assert torch.equal(load_network(Tiny, tmp_path / "view.safetensors").body.weight, network.body.weight)


def test_another_networks_file_is_refused(file: Path) -> None:
    with pytest.raises(UnusableFile, match=r"^tiny\.safetensors holds the weights of another network\.$"):
        load_network(Other, file)


@pytest.mark.parametrize("change", ["missing", "more", "shape"])
def test_keys_are_strict(network: Tiny, change: str) -> None:
    state = dict(network.state_dict())
    if change == "missing":
        del state["body.bias"]
    elif change == "more":
        state["tail.bias"] = torch.zeros(4)
    else:
        state["body.bias"] = torch.zeros(5)
    with pytest.raises(UnusableFile, match=r"^w\.pth holds the weights of another network\.$"):
        ready(Tiny(**ARGUMENTS), state, "w.pth")


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: b"<html>404</html>",
        lambda content: b"\xff" * 8 + content[8:],
    ],
    ids=["empty", "a byte short", "half", "a web page", "a header longer than the file"],
)
@pytest.mark.parametrize("read", [lambda path: load_network(Tiny, path), read_state_dict], ids=["network", "tensors"])
def test_a_damaged_file_is_refused(
    file: Path, damage: Callable[[bytes], bytes], read: Callable[[Path], object]
) -> None:
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(UnusableFile, match=r"^tiny\.safetensors is damaged ") as caught:
        read(file)
    assert caught.value.values == {"file": "tiny.safetensors"}


def test_a_file_without_our_header_is_refused(network: Tiny, tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    for metadata in (None, {"format": "pt"}):
        save_file(network.state_dict(), path, metadata=metadata)
        with pytest.raises(UnusableFile, match=r"^foreign\.safetensors does not say how its network is built\.$"):
            load_network(Tiny, path)


# Public files


class Attack:
    """An object whose pickle writes a file when it is opened."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        """What a pickle does to build it again."""
        return os.mkdir, (str(self.mark),)


def test_code_in_a_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    path, mark = tmp_path / "attack.pth", tmp_path / "it ran"
    torch.save({"weight": torch.zeros(1), "more": Attack(mark)}, path)
    with pytest.raises(UnusableFile, match=r"^attack\.pth is damaged or holds more than weights"):
        read_state_dict(path)
    assert not mark.exists()
    torch.load(path, weights_only=False)
    assert mark.exists(), "the attack is one"


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"PK\x03\x04 and no more"], ids=["empty", "page", "zip"])
def test_a_pickle_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(UnusableFile, match=r"^weights\.pth is damaged or holds more than weights"):
        read_state_dict(path)


GOOD, WORSE = {"body.bias": torch.ones(4)}, {"body.bias": torch.zeros(4)}


@pytest.mark.parametrize(
    "wrapped",
    [
        GOOD,
        {"params": GOOD},
        {"params_ema": GOOD},
        {"params": WORSE, "params_ema": GOOD},
        {"state_dict": GOOD, "epoch": 3},
    ],
    ids=["bare", "params", "params_ema", "both", "state_dict"],
)
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "old format"])
def test_the_containers_of_training_scripts_are_opened(tmp_path: Path, wrapped: dict, zipped: bool) -> None:
    path = tmp_path / "weights.pth"
    torch.save(wrapped, path, _use_new_zipfile_serialization=zipped)
    state = read_state_dict(path)
    assert list(state) == ["body.bias"]
    assert torch.equal(state["body.bias"], GOOD["body.bias"])


def test_public_safetensors_need_no_header_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file(GOOD, path)
    assert torch.equal(read_state_dict(path)["body.bias"], GOOD["body.bias"])


def test_the_card_is_kept_beside_the_arguments(network: Tiny, tmp_path: Path) -> None:
    path = tmp_path / "carded.safetensors"
    save_network(network, path, ARGUMENTS, {"minutes": 3})
    assert read_card(path) == (ARGUMENTS, {"minutes": 3})
    assert load_network(Tiny, path).scale == 0.5


def test_arguments_that_the_constructor_does_not_take_are_another_network(network: Tiny, tmp_path: Path) -> None:
    path = tmp_path / "strange.safetensors"
    save_network(network, path, {"channels": 4, "depth": 9})
    with pytest.raises(UnusableFile, match="another network"):
        load_network(Tiny, path)


@pytest.mark.parametrize("content", [torch.ones(2), 7, {"params": 3}])
def test_a_pickle_without_named_tensors_is_refused(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "odd.pth")
    with pytest.raises(UnusableFile, match=r"odd\.pth"):
        read_state_dict(tmp_path / "odd.pth")
