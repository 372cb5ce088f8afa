"""SegFormer (Xie et al. 2021), B5 by default, under the names that Hugging Face's files give its parts."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, by channel


class PatchEmbedding(nn.Module):
    """Overlapping patches as tokens: (N, inputs, H, W) to (N, H / stride, W / stride, width)."""

    def __init__(self, inputs: int, width: int, side: int, stride: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(inputs, width, side, stride, side // 2)
        self.layer_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """The tokens."""
        return self.layer_norm(self.proj(x).movedim(1, -1))


class SelfAttention(nn.Module):
    """Every token looks at every `reduction`-th one, each way: section 3.1, efficient self-attention."""

    def __init__(self, width: int, heads: int, reduction: int) -> None:
        super().__init__()
        self.heads, self.reduction = heads, reduction
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        if reduction > 1:
            self.sr = nn.Conv2d(width, width, reduction, reduction)
            self.layer_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """(N, H, W, width) to the same."""
        seen = x
        if self.reduction > 1:
            seen = self.layer_norm(self.sr(x.movedim(-1, 1)).movedim(1, -1))
        query, key, value = (
            layer(tokens.flatten(1, 2)).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for layer, tokens in ((self.query, x), (self.key, seen), (self.value, seen))
        )
        return F.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(x.shape)


class Attention(nn.Module):
    """Self-attention and a linear layer: the two levels are in the names."""

    def __init__(self, width: int, heads: int, reduction: int) -> None:
        super().__init__()
        self.self = SelfAttention(width, heads, reduction)
        self.output = nn.ModuleDict({"dense": nn.Linear(width, width)})

    def forward(self, x: Tensor) -> Tensor:
        """(N, H, W, width) to the same."""
        return self.output["dense"](self.self(x))


class MixFFN(nn.Module):
    """Two linear layers and, between them, a look at the neighbours: it stands for the places of the tokens."""

    def __init__(self, width: int, ratio: int) -> None:
        super().__init__()
        inner = ratio * width
        self.dense1, self.dense2 = nn.Linear(width, inner), nn.Linear(inner, width)
        self.dwconv = nn.ModuleDict({"dwconv": nn.Conv2d(inner, inner, 3, padding=1, groups=inner)})

    def forward(self, x: Tensor) -> Tensor:
        """(N, H, W, width) to the same."""
        inner = self.dwconv["dwconv"](self.dense1(x).movedim(-1, 1)).movedim(1, -1)
        return self.dense2(F.gelu(inner))


class Block(nn.Module):
    """A transformer's block."""

    def __init__(self, width: int, heads: int, reduction: int, ratio: int) -> None:
        super().__init__()
        self.layer_norm_1, self.layer_norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads, reduction)
        self.mlp = MixFFN(width, ratio)

    def forward(self, x: Tensor) -> Tensor:
        """(N, H, W, width) to the same."""
        x = x + self.attention(self.layer_norm_1(x))
        return x + self.mlp(self.layer_norm_2(x))


class Encoder(nn.Module):
    """Four stages, at a quarter to a thirty-second of the picture."""

    def __init__(
        self, widths: Sequence[int], depths: Sequence[int], heads: Sequence[int], reductions: Sequence[int], ratio: int
    ) -> None:
        super().__init__()
        sides = zip([3, *widths], widths, (7, 3, 3, 3), (4, 2, 2, 2), strict=False)
        self.patch_embeddings = nn.ModuleList(PatchEmbedding(*shape) for shape in sides)
        self.block = nn.ModuleList(
            nn.ModuleList(Block(width, count, reduction, ratio) for _ in range(depth))
            for width, depth, count, reduction in zip(widths, depths, heads, reductions, strict=True)
        )
        self.layer_norm = nn.ModuleList(nn.LayerNorm(width) for width in widths)

    def forward(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W) to (N, H / 4, W / 4, width) and on, a tensor a stage."""
        found = []
        for embed, blocks, norm in zip(self.patch_embeddings, self.block, self.layer_norm, strict=True):
            x = embed(x)
            assert isinstance(blocks, nn.ModuleList)
            for block in blocks:
                x = block(x)
            x = norm(x)
            found.append(x)
            x = x.movedim(-1, 1)
        return found


class DecodeHead(nn.Module):
    """All stages at the size of the first, joined pixel by pixel."""

    def __init__(self, widths: Sequence[int], joined: int, labels: int) -> None:
        super().__init__()
        self.linear_c = nn.ModuleList(nn.ModuleDict({"proj": nn.Linear(width, joined)}) for width in widths)
        self.linear_fuse = nn.Conv2d(joined * len(widths), joined, 1, bias=False)
        self.batch_norm = nn.BatchNorm2d(joined)
        self.classifier = nn.Conv2d(joined, labels, 1)

    def forward(self, found: list[Tensor]) -> Tensor:
        """(N, labels, H / 4, W / 4)."""
        size = found[0].shape[1:3]
        alike = []
        for layer, tokens in zip(self.linear_c, found, strict=True):
            assert isinstance(layer, nn.ModuleDict)
            plane = layer["proj"](tokens).movedim(-1, 1)
            alike.append(F.interpolate(plane, size, mode="bilinear", align_corners=False))
        return self.classifier(F.relu(self.batch_norm(self.linear_fuse(torch.cat(alike[::-1], 1)))))


class SegFormer(nn.Module):
    """Takes float32 (N, 3, H, W) in 0..1, sides multiples of 32; gives logits (N, labels, H, W).

    `side`: pixels, the height of the pictures that it was trained on.
    """

    def __init__(
        self,
        labels: int = 19,
        widths: Sequence[int] = (64, 128, 320, 512),
        depths: Sequence[int] = (3, 6, 40, 3),
        heads: Sequence[int] = (1, 2, 5, 8),
        reductions: Sequence[int] = (8, 4, 2, 1),
        ratio: int = 4,
        joined: int = 768,
        side: int = 512,
    ) -> None:
        super().__init__()
        self.side = side
        self.segformer = nn.ModuleDict({"encoder": Encoder(widths, depths, heads, reductions, ratio)})
        self.decode_head = DecodeHead(widths, joined, labels)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at the size of the picture."""
        size = x.shape[-2:]
        x = (x - x.new_tensor(MEAN)[:, None, None]) / x.new_tensor(SPREAD)[:, None, None]
        found = self.decode_head(self.segformer["encoder"](x))
        return F.interpolate(found, size, mode="bilinear", align_corners=False)
