"""Where semantic features come from: our own embedding, the perceptual encoder's activations, or DINO from the Hub."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from checkpoints import Checkpoint, Embedded, OnHub
from imaging.types import Image, InputError
from networks.files import load_network, read_state_dict, ready
from networks.perceptual import VGG
from pipelines.soft_segmentation.network import Embedder
from pipelines.soft_segmentation.sizes import resized, with_shorter

_ENCODER = Embedded("perceptual/encoder.safetensors")
# What each variant's networks are in; the first is the default.
FILES: Mapping[str, tuple[Checkpoint, ...]] = {
    "embedded": (Embedded("soft_segmentation/embedded.safetensors"), _ENCODER),
    "perceptual": (_ENCODER,),
    # Neither a commit nor a checksum of this one could be learnt where this was written: the branch is all there is.
    "dino": (OnHub("timm/vit_small_patch8_224.dino", "model.safetensors", "main"),),
}
SIDES = {"perceptual": 288, "embedded": 256, "dino": 384}  # pixels of the shorter side that each is shown
TAPS = ("relu3_4", "relu4_4", "relu5_1")
TEXTURE = 0.7  # what texture weighs beside the embedding
_PATCH = 8  # pixels a side of a token of DINO

Embed: TypeAlias = Callable[[Tensor], Tensor]
"""float32 (1, 3, H, W) in 0..1 to (1, C, h, w)."""


def embedding_network(variant: str, device: str) -> Embed:
    """The function of `variant`; raises `UnusableFile` where its weights cannot be had."""
    if variant not in FILES:
        choices = ", ".join(FILES)
        raise InputError(
            "There is no method called {method}. Choose one of: {methods}.", method=variant, methods=choices
        )
    paths = [file.path() for file in FILES[variant]]
    if variant == "perceptual":
        return Activations(load_network(VGG, paths[0], device))
    if variant == "embedded":
        return Joined(load_network(Embedder, paths[0], device), Activations(load_network(VGG, paths[1], device)))
    return Keys(paths[0].name, read_state_dict(paths[0]), device)


@torch.inference_mode()
def embedding(embed: Embed, variant: str, image: Image, device: str) -> NDArray[np.float32]:
    """(h, w, C): what `embed` sees in `image`, at the size that it is shown."""
    height, width = with_shorter(image.shape[0], image.shape[1], SIDES[variant])
    shown = resized(image.astype(np.float32), height, width) / 255
    x = torch.from_numpy(np.ascontiguousarray(shown)).permute(2, 0, 1)[None].to(device)
    return embed(x)[0].permute(1, 2, 0).float().cpu().numpy()


class Activations:
    """Taps of the perceptual encoder, each of the same weight: things by their texture, without any training for it."""

    def __init__(self, network: VGG) -> None:
        self.network = network

    def __call__(self, x: Tensor) -> Tensor:
        """(1, C, h, w), at the size of the finest tap."""
        taps = [tap.log1p() for tap in self.network(x, TAPS).values()]
        smooth = [F.avg_pool2d(tap, 3, 1, 1, count_include_pad=False) for tap in taps]
        alike = [F.normalize(tap - tap.mean((2, 3), keepdim=True), dim=1) for tap in smooth]
        return torch.cat([F.interpolate(tap, alike[0].shape[2:], mode="bilinear") for tap in alike], 1)


class Joined:
    """Our own embedding beside the encoder's taps: it knows things, they know where textures end.

    Departure: the paper's embedding stands alone. It was taught a thousand times longer than ours.
    """

    def __init__(self, things: Embed, texture: Embed) -> None:
        self.things, self.texture = things, texture

    def __call__(self, x: Tensor) -> Tensor:
        """(1, C, h, w), at the size of the embedding."""
        things = self.things(x)
        seen = F.interpolate(x, scale_factor=SIDES["perceptual"] / SIDES["embedded"], mode="bilinear")
        texture = F.interpolate(self.texture(seen), things.shape[2:], mode="bilinear")
        return torch.cat([_evened(things), TEXTURE * _evened(texture)], 1)


def _evened(features: Tensor) -> Tensor:
    """Without their mean, of mean length one."""
    centred = features - features.mean((2, 3), keepdim=True)
    return centred / centred.square().sum(1).mean().sqrt().clamp_min(1e-6)


class Keys:
    """Keys of DINO's last layer (Caron et al. 2021; Amir et al. 2021): alike for like parts of things."""

    def __init__(self, name: str, state: Mapping[str, Tensor], device: str) -> None:
        import timm  # only where DINO is wanted: it takes seconds

        network: nn.Module = timm.create_model("vit_small_patch8_224", num_classes=0, dynamic_img_size=True)
        self.network = ready(network, state, name, device)
        self.mean, self.std = (
            torch.tensor(values, device=device).view(1, 3, 1, 1)
            for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
        )

    def __call__(self, x: Tensor) -> Tensor:
        """(1, 384, h / 8, w / 8), each of length one."""
        x = F.pad(x, (0, -x.shape[3] % _PATCH, 0, -x.shape[2] % _PATCH), mode="replicate")
        kept: list[Any] = []
        layer = self.network.get_submodule("blocks.11.attn.qkv")
        hook = layer.register_forward_hook(lambda _module, _given, made: kept.append(made))
        try:
            self.network((x - self.mean) / self.std)
        finally:
            hook.remove()
        # (1, tokens, query key value); the first token stands for the whole picture.
        keys = kept[0][:, 1:].chunk(3, 2)[1]
        grid = keys.transpose(1, 2).reshape(1, -1, x.shape[2] // _PATCH, x.shape[3] // _PATCH)
        return F.normalize(grid, dim=1)
