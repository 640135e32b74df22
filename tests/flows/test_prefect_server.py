"""The server of a workspace: whose it is, how it ends, and builds that it fails."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from extractors.errors import OK, MissingDependencyError, UsageError
from flows.prefect_guest import prefect_scope
from flows.prefect_server import PrefectServer, local_server, read_token, token_file, use_server
from flows.rebuild import build_workspace
from tests.flows.processes import child_beside, running
from tests.flows.test_build import SETTINGS, files
from tests.flows.tiny_books import draw_book, quick_settings

START = """
import sys
from pathlib import Path
from flows.prefect_server import PrefectServer
server = PrefectServer(Path(sys.argv[1]), 0, with_page=False)
server.start()
print(server._process.pid, flush=True)
input()
"""


def own_environment() -> dict[str, str]:
    """The environment without what the tests' own Prefect server set."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}


def has_ended(pid: int, seconds: float = 30) -> bool:
    """Whether the process ends within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_a_token_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = tmp_path / "first"
    other = tmp_path / "other"
    first.mkdir()
    other.mkdir()
    token = read_token(first)
    assert len(token) > 40
    assert read_token(first) == token != read_token(other)
    assert token_file(first).stat().st_mode & 0o777 == 0o600
    token_file(first).chmod(0o644)
    read_token(first)
    assert token_file(first).stat().st_mode & 0o777 == 0o600


def test_a_token_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    token_file(tmp_path).touch()
    assert len(read_token(tmp_path)) > 40


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}"):
            PrefectServer(tmp_path / "home", port, with_page=True)


def test_the_port_is_held_before_the_server_answers(tmp_path: Path) -> None:
    first = PrefectServer(tmp_path / "first", 0, with_page=True)
    try:
        with pytest.raises(UsageError, match="cannot be used"):
            PrefectServer(tmp_path / "other", int(first.page.rpartition(":")[2]), with_page=True)
    finally:
        first.stop()


def test_a_server_ends_soon_after_a_parent_that_was_killed(tmp_path: Path) -> None:
    with running([sys.executable, "-c", START, str(tmp_path / "home")], ready="") as parent:
        children = psutil.Process(parent.pid).children()
        assert len(children) == 1
        parent.kill()
        parent.wait()
        assert has_ended(children[0].pid)


def test_two_servers_of_a_workspace_leave_each_other_alone(tmp_path: Path) -> None:
    others = set(psutil.Process().children())
    servers = [PrefectServer(tmp_path, 0, with_page=False) for _ in range(2)]
    try:
        servers[0].start()
        first = child_beside(others)
        servers[1].start()
        second = child_beside(others | {first})
        servers[1].stop()
        assert has_ended(second.pid)
        assert first.status() != psutil.STATUS_ZOMBIE
    finally:
        for server in servers:
            server.stop()


def kill(others: set[psutil.Process]) -> None:
    """End the server that was started beside `others` as the system does for want of memory."""
    process = child_beside(others)
    process.kill()
    # Until it can be waited for: the first thread of a process ends before the others.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)


def test_a_server_that_ends_later_is_started_again_on_its_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    others = set(psutil.Process().children())
    with local_server(tmp_path / "home", with_page=True) as server:
        server.keep_running()
        assert "started again" not in capfd.readouterr().err
        monkeypatch.setattr("flows.prefect_server.START_SECONDS", 0.0)  # as if it had run for hours
        kill(others)
        server.keep_running()
        assert capfd.readouterr().err.count("started again") == 1
        monkeypatch.undo()
        server.wait_until_healthy()
        server.keep_running()
        assert "started again" not in capfd.readouterr().err


def test_a_server_that_ends_at_once_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.prefect_server.START_SECONDS", 1e6)  # at once, however slow the machine
    others = set(psutil.Process().children())
    with local_server(tmp_path / "home", with_page=True) as server:
        kill(others)
        with pytest.raises(MissingDependencyError, match=r"server ended; its log is .*serve\.log"):
            server.keep_running()


@pytest.mark.usefixtures("prefect_server")
def test_the_token_goes_through_no_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.client.orchestration import get_client

    with socket.socket() as proxy:
        proxy.bind(("127.0.0.1", 0))
        proxy.listen()
        proxy.setblocking(False)
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        with (
            local_server(tmp_path / "home") as server,
            use_server(server),
            get_client(sync_client=True) as client,
        ):
            assert client.api_healthcheck() is None
            assert client.read_flow_runs() == []
        with pytest.raises(BlockingIOError):
            proxy.accept()


def test_a_build_is_the_same_without_a_server_that_does_not_start(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(root / "books", other / "books")
    (other / ".prefect" / "prefect.db").mkdir(parents=True)
    command = [sys.executable, "-m", "flows", "build", "-w", str(other)]
    command += ["--set", "extract.ocr.engine=off", "--set", "dataset.name=tiny"]
    built = subprocess.run(command, env=own_environment(), capture_output=True, text=True, check=False)
    assert built.returncode == OK, built.stderr
    assert built.stderr.count("working without Prefect") == 1
    assert "Traceback" not in built.stderr
    assert "WARNING" not in built.stderr
    assert files(root / "datasets") == files(other / "datasets")


@pytest.mark.parametrize("runner", ["threads", "processes"])
@pytest.mark.usefixtures("prefect_server")
def test_a_build_outlives_a_server_that_is_killed_in_the_middle(
    root: Path, tmp_path: Path, runner: str
) -> None:
    other = tmp_path / "other"
    shutil.copytree(root / "books", other / "books")
    others = set(psutil.Process().children())
    with prefect_scope(), local_server(tmp_path / "home") as server, use_server(server):
        process = child_beside(others)

        def kill_in_the_middle() -> None:
            while not list((other / "extracted").glob("*/pages-*.json")):
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)

        killer = threading.Thread(target=kill_in_the_middle, daemon=True)
        killer.start()
        settings = quick_settings(f"build.runner={runner}", "build.concurrency=1")
        report = build_workspace(other, settings)
        killer.join()
    assert (report.state, report.exit_code) == ("published", OK)
    assert files(root / "datasets") == files(other / "datasets")


def test_a_home_that_is_no_folder_stops_no_build(root: Path) -> None:
    draw_book(root / "books" / "new.pdf", seed=9)
    shutil.rmtree(root / ".prefect", ignore_errors=True)
    (root / ".prefect").touch()
    report = build_workspace(root, SETTINGS)
    assert report.state == "published"
