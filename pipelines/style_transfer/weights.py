"""The weights of each variant: where they are, and the networks that the files hold."""

from __future__ import annotations

from collections.abc import Mapping

from checkpoints import Checkpoint, Embedded, OnHub
from networks.files import load_network, read_state_dict, ready
from networks.perceptual import ENCODERS
from pipelines.style_transfer.adain import AdaIN, public_state
from pipelines.style_transfer.any_painting import AnyPainting
from pipelines.style_transfer.gallery import GRAMS
from pipelines.style_transfer.network import TransformerNet

GALLERY = Embedded("style_transfer/gallery.safetensors")
ANY_PAINTING = Embedded("style_transfer/any_painting.safetensors")
# Neither a commit nor a checksum of these could be learnt where this was written: the branch is all there is.
ADAIN_ENCODER = OnHub("rajumania/adain-models", "vgg_normalised.pth", "main")
ADAIN_DECODER = OnHub("rajumania/adain-models", "decoder_150.pth", "main")

FILES: Mapping[str, tuple[Checkpoint, ...]] = {
    "johnson": (GALLERY, ANY_PAINTING, ENCODERS["embedded"]),
    "gatys": (ENCODERS["embedded"], GRAMS),
    "cnnmrf": (ENCODERS["embedded"],),
    "gatys-vgg19": (ENCODERS["vgg19"],),
    "cnnmrf-vgg19": (ENCODERS["vgg19"],),
    "adain": (ADAIN_ENCODER, ADAIN_DECODER),
}


def painter(device: str) -> TransformerNet:
    """Our network of the gallery's paintings."""
    return load_network(TransformerNet, GALLERY.path(), device)


def any_painter(device: str) -> AnyPainting:
    """Our network for any painting."""
    return load_network(AnyPainting, ANY_PAINTING.path(), device)


def adain(device: str) -> AdaIN:
    """The public network for any painting."""
    state = public_state(read_state_dict(ADAIN_ENCODER.path()), read_state_dict(ADAIN_DECODER.path()))
    return ready(AdaIN(), state, ADAIN_DECODER.name, device)
