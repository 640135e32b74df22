"""Records what a command and all its child processes try to reach beside this machine, and refuses it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from extractors.telemetry import OFF

SOURCE = Path(__file__).with_name("network_recorder.c")


@dataclass(frozen=True)
class Recorder:
    """A record of attempts, and the environment of the processes that write it."""

    record: Path
    environment: dict[str, str]

    @property
    def attempts(self) -> list[str]:
        """One line an attempt: process id, program, call and address."""
        return self.record.read_text("utf-8").splitlines() if self.record.exists() else []


def build_recorder(folder: Path) -> Path:
    """The recorder as a library for LD_PRELOAD. Skips the test where there is no gcc."""
    if shutil.which("gcc") is None:
        pytest.skip("the recorder of connections is compiled with gcc, which is not here")
    library = folder / "network_recorder.so"
    command = ["gcc", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"]
    subprocess.run(command, check=True)
    return library


def recorder(library: Path, folder: Path) -> Recorder:
    """A record in `folder`, which is also the home of the processes; no switch of ours is set for them."""
    given = {
        name: value
        for name, value in os.environ.items()
        if name not in OFF and not name.startswith("PREFECT_")
    }
    record = folder / "attempts"
    own = {"LD_PRELOAD": str(library), "NETWORK_RECORD": str(record), "HOME": str(folder)}
    return Recorder(record, {**given, **own})
