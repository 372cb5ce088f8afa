"""The package's weights reach our networks, and no other file is opened in their place."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import torch

from checkpoints import UnusableFile
from pipelines.face_parsing import mtcnn


def test_the_networks_give_what_they_gave_when_their_figures_were_looked_at() -> None:
    proposal, refine, output = mtcnn.load()
    ramp = torch.linspace(-1, 1, 3 * 48 * 48).reshape(1, 3, 48, 48)
    scores, shift = proposal(ramp)
    assert scores.shape == (1, 19, 19)
    assert shift.shape == (1, 4, 19, 19)
    assert 0 <= float(scores.min()) <= float(scores.max()) <= 1
    for network, side, points in ((refine, 24, 0), (output, 48, 5)):
        score, shift, found = network(ramp[..., :side, :side])
        assert score.shape == (1,)
        assert shift.shape == (1, 4)
        assert found.shape == (1, points, 2)


def test_tensorflow_is_never_imported() -> None:
    code = "import sys; from pipelines.face_parsing import mtcnn; mtcnn.load(); print([m for m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "'torch'" in told
    assert "'tensorflow'" not in told
    assert "'mtcnn'" not in told


def test_without_the_package_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mtcnn, "find_spec", lambda name: None)
    with pytest.raises(UnusableFile, match=r"mtcnn is missing: install requirements\.txt"):
        mtcnn.load()


def test_another_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = ModuleSpec("mtcnn", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(mtcnn, "find_spec", lambda name: spec)
    monkeypatch.setattr(mtcnn.joblib, "load", lambda file: pytest.fail("a pickle of others was opened"))
    with pytest.raises(UnusableFile, match=r"pnet\.lz4 of the package mtcnn is not the file"):
        mtcnn.load()
    folder = tmp_path / "assets" / "weights"
    folder.mkdir(parents=True)
    (folder / "pnet.lz4").write_bytes(b"something else")
    with pytest.raises(UnusableFile, match="is not the file"):
        mtcnn.load()
