"""`tuwen review` as a command: what it prints, how it ends, and that it reaches nothing but this machine."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from extractors.errors import DAMAGED_WORKSPACE, INTERRUPTED, USAGE
from flows.workspace import Workspace
from tests.flows.command import tuwen
from tests.network import build_recorder, recorder


def test_without_a_workspace_or_a_version_it_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuwen("review", "-w", tmp_path / "none", "--no-open") == USAGE
    (tmp_path / "books").mkdir()
    assert tuwen("review", "-w", tmp_path, "--no-open") == DAMAGED_WORKSPACE
    assert "tuwen build" in capsys.readouterr().err


def test_a_taken_port_is_named(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert tuwen("review", "-w", made, "--no-open", "--port", str(port)) == USAGE
    assert f"port {port} is taken" in capsys.readouterr().err


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped_and_reaches_nothing_else(
    made: Path, tmp_path: Path, ending: signal.Signals
) -> None:
    shutil.copytree(made, tmp_path / "workspace")
    book = Workspace(tmp_path / "workspace").shelf().books[0].sha256
    network = recorder(build_recorder(tmp_path), tmp_path)
    command = [sys.executable, "-m", "flows", "review", "-w", str(tmp_path / "workspace"), "--no-open"]
    process = subprocess.Popen(command, env=network.environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = [process.stdout.readline() for _ in range(3)]
    address = re.search(r"http://127\.0\.0\.1:\d+/open/\S+", printed[1])
    assert address is not None, printed
    with httpx.Client(trust_env=False, timeout=60) as client:
        client.get(address[0]).raise_for_status()
        page = address[0].partition("/open/")[0]
        assert client.get(f"{page}/api/start").json()["version"] == "v0001"
        drawn = client.get(f"{page}/pictures/x/page/{book}/1/1", timeout=60)
        assert drawn.headers["content-type"] == "image/jpeg"
        process.send_signal(ending)
        assert process.wait(120) == INTERRUPTED
    assert network.attempts == []
