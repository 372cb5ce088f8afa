"""The way from a picture to a tensor and back."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from networks.tensors import to_image, to_tensor


def all_values() -> np.ndarray:
    """A picture 16 high and 24 wide in which every channel takes all 256 values, differently."""
    values = np.arange(16 * 24, dtype=np.uint16).reshape(16, 24)
    return np.stack([values, 255 - values, values * 7], axis=-1).astype(np.uint8)


def test_there_and_back_changes_nothing() -> None:
    image = all_values()
    assert all(len(np.unique(image[..., channel])) == 256 for channel in range(3))
    back = to_image(to_tensor(image))
    assert back.dtype == np.uint8
    np.testing.assert_array_equal(back, image)


def test_layout_and_range() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[1, 2] = (255, 51, 0)
    tensor = to_tensor(image)
    assert tensor.dtype == torch.float32
    assert tensor.shape == (1, 3, 2, 3)
    assert tensor[0, :, 1, 2].tolist() == pytest.approx([1, 0.2, 0])
    assert tensor.sum().item() == pytest.approx(1.2)


def test_values_out_of_range_are_clipped() -> None:
    tensor = torch.tensor([-3.0, 1.01, 40.0]).reshape(1, 3, 1, 1)
    assert to_image(tensor).tolist() == [[[0, 255, 255]]]


def test_values_are_rounded_to_the_nearest() -> None:
    tensor = torch.tensor([99.4, 99.6, 254.6]).reshape(1, 3, 1, 1) / 255
    assert to_image(tensor).tolist() == [[[99, 100, 255]]]


@pytest.mark.parametrize(
    "view",
    [lambda image: image[::2, ::-1], lambda image: image.transpose(1, 0, 2), lambda image: image[3:9, 5:6, ::-1]],
    ids=["mirrored", "turned", "cropped, channels reversed"],
)
def test_pictures_that_are_views_of_others(view) -> None:
    image = view(all_values())
    assert not image.flags.c_contiguous
    np.testing.assert_array_equal(to_image(to_tensor(image)), image)


def test_a_picture_that_must_not_be_written_is_not(recwarn: pytest.WarningsRecorder) -> None:
    image = all_values()
    image.flags.writeable = False
    to_tensor(image).zero_()
    np.testing.assert_array_equal(image, all_values())
    assert not recwarn.list, "torch warns of memory that it could write"


def test_a_tensor_with_a_gradient_in_half_precision_becomes_a_picture() -> None:
    tensor = torch.full((1, 3, 1, 2), 77 / 256, dtype=torch.bfloat16, requires_grad=True)
    assert to_image(tensor).tolist() == [[[77] * 3] * 2], "76.7; bfloat16 would make it 76.5, and that 76"
