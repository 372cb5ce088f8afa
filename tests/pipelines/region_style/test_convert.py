"""The authors' style codes become ours; folders and files of something else get a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from checkpoints import UnusableFile
from imaging.types import InputError
from pipelines.region_style.convert import codes, generator


def test_codes_of_the_regions_that_are_there(tmp_path: Path) -> None:
    for label, value in ((1, 0.5), (13, -0.25)):
        (tmp_path / f"{label}").mkdir()
        np.save(tmp_path / f"{label}" / "ACE.npy", np.full(512, value, np.float32))
    found = codes(tmp_path)
    assert found.values.shape == (7, 19, 512)
    assert np.flatnonzero(found.present).tolist() == [1, 13]
    assert (found.values[:, 13] == -0.25).all()


def test_other_folders_and_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no style codes"):
        codes(tmp_path)
    (tmp_path / "1").mkdir()
    np.save(tmp_path / "1" / "ACE.npy", np.zeros(7))
    with pytest.raises(InputError, match="not 512"):
        codes(tmp_path)
    torch.save({"conv_img.weight": torch.zeros(3)}, tmp_path / "other.pth")
    with pytest.raises(UnusableFile, match="another network"):
        generator(tmp_path / "other.pth", tmp_path / "made.safetensors")
