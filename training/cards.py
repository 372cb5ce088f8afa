"""Writes `checkpoints/README.md` from the cards in the headers of the weights files: python -m training.cards"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from networks.files import read_card

FOLDER = Path(__file__).parents[1] / "checkpoints"

INTRODUCTION = """# The embedded weights

Trained by this project with the scripts in `training/`. **Data licence: the pictures that they were trained on are for
research only; use the weights non-commercially.** No picture of that data is in this repository. This page is made from
the headers of the files by `python -m training.cards`.

## On the Hub

Declared beside each method (`pipelines/*/weights.py`), fetched on first use, under their authors' licences. Each is
pinned to a commit, but for

- eugenesiow/edsr-base/pytorch_model_2x.pt (not pinned), eugenesiow/edsr-base/pytorch_model_3x.pt (not pinned),
  eugenesiow/edsr-base/pytorch_model_4x.pt (not pinned), timm/vgg19.tv_in1k/model.safetensors (not pinned),
  rajumania/adain-models/vgg_normalised.pth (not pinned), rajumania/adain-models/decoder_150.pth (not pinned),
  timm/vit_small_patch8_224.dino/model.safetensors (not pinned),
  jonathandinu/face-parsing/model.safetensors (not pinned), facefusion/models-3.0.0/2dfan4.onnx (not pinned),
  nvidia/segformer-b0-finetuned-cityscapes-1024-1024/pytorch_model.bin (not pinned),
  nvidia/segformer-b5-finetuned-cityscapes-1024-1024/pytorch_model.bin (not pinned): neither a
  commit nor a checksum could be learnt where this was written, without a network. They are read with strict keys,
  pickles with `weights_only=True`; the ONNX file is run by ONNX Runtime, which executes nothing but its operators.

## In a package

The face detector is MTCNN with the weights of the package `mtcnn` (MIT), of which no other file is used.
`pipelines/face_parsing/mtcnn.py` names the checksum of each.

## The gallery's textures

`style_transfer/textures/*.webp` are not the paintings: `python -m training.style_transfer_textures` made them from
noise, by the paintings' Gram matrices in the embedded encoder's eyes. Painter, title and year:
`pipelines/style_transfer/styles.py`.
"""


def entry(path: Path) -> str:
    """One file's section, Markdown."""
    arguments, card = read_card(path)
    scores = ", ".join(f"{name} {value:g}" for name, value in card["scores"].items())
    rows = {
        "bytes": f"{path.stat().st_size:,}",
        "sha256": f"`{hashlib.sha256(path.read_bytes()).hexdigest()}`",
        "network": f"`{json.dumps(arguments)}`",
        "trained on": card["data"],
        "score": f"{scores} (dB on luma)" if "Set5" in card["scores"] else scores,
    }
    for number, stage in enumerate(card["stages"], start=1):
        recipe = ", ".join(f"{name} {_figure(value)}" for name, value in stage["recipe"].items())
        made = f" at {stage['commit']}, {stage['minutes']} minutes; {recipe}" if recipe else ""
        if stage.get("done", 0) < stage["recipe"].get("steps", 0) and "done" in stage:
            made += f"; stopped after {stage['done']} steps"
        rows[f"stage {number}"] = f"`{stage['command']}`{made}"
    lines = [f"## {path.relative_to(FOLDER).as_posix()}", "", "| | |", "|---|---|"]
    return "\n".join(lines + [f"| {name} | {value} |" for name, value in rows.items()])


def _figure(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(_figure, value))
    if value is None:
        return "all"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def page() -> str:
    """The whole of `checkpoints/README.md`."""
    return "\n\n".join([INTRODUCTION.strip(), *(entry(path) for path in sorted(FOLDER.rglob("*.safetensors")))]) + "\n"


if __name__ == "__main__":
    (FOLDER / "README.md").write_text(page(), encoding="utf-8")
