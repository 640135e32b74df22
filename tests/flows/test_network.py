"""Nothing leaves the machine: every command under a recorder of connections, in all its processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pymupdf
import pytest

from dataset_cards.settings import DatasetSettings, SplitRatios
from dataset_cards.version import publish_version
from extractors.errors import OK
from tests.dataset_cards.shelf import make_book
from tests.flows.tiny_books import draw_book
from tests.network import Recorder, build_recorder, recorder

REPORT_SECONDS = 15
"""How long a session is watched: where onnxruntime reports at all, it does so after ten seconds."""
SERVE_SECONDS = 300
"""A schedule that fires each minute, on a busy machine, after Prefect's server has started."""
DEVICE_ID = ".cache/Microsoft"
"""Where onnxruntime keeps the id of a machine as soon as it is ready to report, before it does."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_recorder(tmp_path_factory.mktemp("recorder"))


@pytest.fixture
def network(library: Path, tmp_path: Path) -> Recorder:
    return recorder(library, tmp_path)


def run(network: Recorder, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", "flows", *map(str, arguments)]
    done = subprocess.run(command, env=network.environment, capture_output=True, text=True, check=False)
    assert done.returncode == OK, done.stderr


def python(network: Recorder, code: str) -> list[str]:
    """What running `code` tried to reach, as "call address"."""
    subprocess.run([sys.executable, "-c", code], env=network.environment, check=True)
    return [" ".join(line.split("\t")[2:]) for line in network.attempts]


def collections(root: Path, api: str) -> dict[str, Any]:
    """What Prefect's page asks for when a person looks at its kinds of workers."""
    user, _, password = (root / ".prefect" / "token").read_text("ascii").strip().partition(":")
    answer = httpx.get(
        f"{api}/collections/views/aggregate-worker-metadata", auth=(user, password), timeout=60
    )
    described: dict[str, Any] = answer.raise_for_status().json()
    return described


def scan(path: Path, pages: int = 1) -> Path:
    """A book of pictures of pages: it is read by an OCR engine, in ONNX sessions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with pymupdf.open(draw_book(path, pages=pages)) as printed, pymupdf.open() as scanned:
        for page in printed:
            picture = page.get_pixmap(dpi=150)
            scanned.new_page(width=page.rect.width, height=page.rect.height).insert_image(
                page.rect, pixmap=picture
            )
        content = scanned.tobytes()
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a small version, to train on."""
    root = tmp_path_factory.mktemp("heritage")
    (root / "books").mkdir()
    books = [make_book(root / "drawn", title, 9) for title in ("丝绸纹样", "敦煌壁画", "织锦图录")]
    ratios = SplitRatios(train=4, val=3, test=3)
    publish_version(books, root / "datasets" / "tuwen", DatasetSettings(ratios=ratios))
    return root


# ---- the recorder itself

NATIVE = """
import ctypes, socket, struct
libc = ctypes.CDLL(None)
def address(host): return struct.pack("=HH4s8x", socket.AF_INET, socket.htons(9), socket.inet_aton(host))
tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
libc.connect(tcp.fileno(), address("192.0.2.1"), 16)
libc.connect(udp.fileno(), address("127.0.0.1"), 16)
libc.sendto(udp.fileno(), b"x", 1, 0, address("192.0.2.2"), 16)
libc.gethostbyname(b"name.invalid")
for host in ("0.0.0.0", "127.0.0.1"):
    server = socket.socket()
    server.bind((host, 0))
    libc.listen(server.fileno(), 1)
"""

CHILD = """
import socket, subprocess, sys
code = "import socket; socket.create_connection(('other.invalid', 80))"
subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
try: socket.create_connection(("2001:db8::1", 80))
except OSError: pass
socket.getaddrinfo("localhost", 80); socket.getaddrinfo("127.0.0.1", 80)
"""

SESSION = """
import time
import extractors
import onnxruntime
from extractors.ocr.models import wheel_file
session = onnxruntime.InferenceSession(str(wheel_file("detection")), providers=["CPUExecutionProvider"])
time.sleep({seconds})
"""


def test_native_code_is_recorded(network: Recorder) -> None:
    *calls, listened = python(network, NATIVE)
    assert calls == ["connect 192.0.2.1:9", "sendto 192.0.2.2:9", "gethostbyname name.invalid"]
    assert listened.startswith("listen 0.0.0.0:")


def test_children_names_and_newer_addresses_are_recorded(network: Recorder) -> None:
    assert python(network, CHILD) == ["getaddrinfo other.invalid", "connect [2001:db8::1]:80"]


def test_a_session_does_not_report_home(network: Recorder, tmp_path: Path) -> None:
    # Whether onnxruntime reports depends on the machine; that its switch is set before it is loaded does not.
    assert python(network, SESSION.format(seconds=REPORT_SECONDS)) == []
    assert not (tmp_path / DEVICE_ID).exists()


def test_reports_are_switched_off_before_onnxruntime_is_loaded() -> None:
    code = (
        "import os, sys, extractors; "
        "assert 'onnxruntime' not in sys.modules; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.strip() == b"1"


# ---- the commands


@pytest.mark.parametrize("engine", ["paddle", "rapid"])
def test_extract(engine: str, network: Recorder, tmp_path: Path) -> None:
    run(network, "extract", scan(tmp_path / "a.pdf"), "--out", tmp_path / "out", "--ocr", engine)
    assert network.attempts == []
    assert not (tmp_path / DEVICE_ID).exists()


def test_build_and_looking_after_a_workspace(network: Recorder, tmp_path: Path) -> None:
    root = tmp_path / "heritage"
    scan(root / "books" / "a.pdf", pages=2)
    for command in ("build", "status", "verify", "doctor"):
        run(network, command, "-w", root)
    assert (root / "datasets" / "tuwen" / "CURRENT").exists()
    assert network.attempts == []
    assert not (tmp_path / DEVICE_ID).exists()


def test_a_build_on_dask(network: Recorder, tmp_path: Path) -> None:
    pytest.importorskip("prefect_dask", reason="Dask is not installed")
    root = tmp_path / "heritage"
    draw_book(root / "books" / "a.pdf")
    run(network, "build", "-w", root, "--set", "build.runner=dask", "--set", "extract.ocr.engine=off")
    assert (root / "datasets" / "tuwen" / "CURRENT").exists()
    assert network.attempts == []


def test_training_in_two_processes_benchmark_and_search(
    version: Path, network: Recorder, tmp_path: Path
) -> None:
    train = (
        "--backbone",
        "tiny",
        "--task",
        "lit",
        "--set",
        "finetune.epochs=1",
        "--set",
        "finetune.device=cpu",
    )
    run(network, "finetune", "-w", version, *train, "--set", "finetune.processes=2")
    run(
        network,
        "benchmark",
        "-w",
        version,
        "--set",
        "benchmark.crops.count=1",
        "--set",
        "benchmark.resamples=100",
    )
    run(network, "search", "联珠对鸟纹", "-w", version)
    assert network.attempts == []
    assert not (tmp_path / DEVICE_ID).exists()


def test_a_served_run(network: Recorder, tmp_path: Path) -> None:
    root = tmp_path / "heritage"
    scan(root / "books" / "a.pdf")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "flows",
        "serve",
        "-w",
        str(root),
        "--cron",
        "* * * * *",
        "--port",
        str(port),
    ]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            command, env=network.environment, stdout=log, stderr=log, start_new_session=True
        )
    published = root / "datasets" / "tuwen" / "CURRENT"
    end = time.monotonic() + SERVE_SECONDS
    try:
        while not published.exists() and server.poll() is None and time.monotonic() < end:
            time.sleep(0.5)
        described = collections(root, f"http://127.0.0.1:{port}/api")
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    assert published.exists(), (tmp_path / "log").read_text("utf-8")
    assert "prefect" in described
    assert network.attempts == []
    assert not (tmp_path / DEVICE_ID).exists()
