"""What the tests of published versions share."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import NoReturn

import pytest

# Read by `datasets` and `huggingface_hub` when they are imported, so before any test imports them.
os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"

from dataset_cards.settings import DatasetSettings
from dataset_cards.version import publish_version
from tests.dataset_cards.shelf import make_book, with_pairs

HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>|**x**"
)


@pytest.fixture(scope="session")
def version_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published version of three books; not to be changed by a test."""
    root = tmp_path_factory.mktemp("published")
    books = [make_book(root / "objects", title, 30) for title in ("丝绸纹样", "敦煌壁画", "白沙宋墓")]
    return publish_version(books, root / "demo", DatasetSettings()).path


@pytest.fixture(scope="session")
def hostile_version_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version of one book whose texts try to be markup."""
    root = tmp_path_factory.mktemp("hostile")
    book = make_book(root / "objects", HOSTILE.replace("/", "∕"), 3)
    texts = {name: f"{name} {HOSTILE}" for name in ("title", "caption", "description", "description_en")}
    settings = DatasetSettings(pretty_name=HOSTILE)
    return publish_version([with_pairs(book, **texts)], root / "demo", settings).path


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to connect fails the test."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
