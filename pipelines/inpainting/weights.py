"""The weights of each variant: where they are, and the networks that the files hold."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from checkpoints import Checkpoint, Embedded, OnHub
from networks.files import load_network, read_state_dict, ready
from networks.perceptual import ENCODERS
from pipelines.inpainting.lama import LaMa
from pipelines.inpainting.network import ContentNetwork

CONTENT = Embedded("inpainting/content.safetensors")
BIG_LAMA = OnHub(
    "michaelgold/big-lama",
    "big-lama.safetensors",
    "98ab7cface89a594b381f32fc7a9f2cae3f91ccc",
    "326ae1889b92d07c8819c35eaf561f8b290d057536eeb12524b72997f31005ec",
)

FILES: Mapping[str, tuple[Checkpoint, ...]] = {
    "neural": (CONTENT, ENCODERS["embedded"]),
    "patchmatch": (),
    "content": (CONTENT,),
    "neural-vgg19": (CONTENT, ENCODERS["vgg19"]),
    "lama": (BIG_LAMA,),
}


def filler(variant: str, device: str) -> nn.Module | None:
    """The network that fills a hole at once: where the patches begin, or all that is done; none for PatchMatch."""
    if variant == "patchmatch":
        return None
    if variant != "lama":
        return load_network(ContentNetwork, CONTENT.path(), device)
    state = read_state_dict(BIG_LAMA.path())
    # Copies of the public file differ in what stands before the generator's own names.
    names = {name: name[name.find("model.") :] for name in state if "model." in name and "discriminator" not in name}
    return ready(LaMa(), {short: state[name] for name, short in names.items()}, BIG_LAMA.name, device)
