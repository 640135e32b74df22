"""One export in every format, for the tests of their readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset_cards.export import FORMATS, export_version


@pytest.fixture(scope="session")
def exports(version_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `version_dir` in every format; not to be changed by a test."""
    out = tmp_path_factory.mktemp("exports")
    export_version(version_dir, FORMATS, out)
    return out
