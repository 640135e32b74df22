"""`tuwen serve` against a page of another origin, a client that sends parameters, and signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from extractors.errors import INTERRUPTED, USAGE
from tests.flows.test_prefect_server import has_ended, own_environment
from tests.flows.tiny_books import draw_book, encrypt_book

EVIL = "http://evil.example"
START_SECONDS = 180


@dataclass(frozen=True)
class Serving:
    """A running `tuwen serve`."""

    root: Path
    process: subprocess.Popen[str]
    page: str

    @property
    def api(self) -> str:
        return f"{self.page}/api"

    def client(self) -> httpx.Client:
        """A client that has what the page of the server has after its login."""
        user, _, password = (self.root / ".prefect" / "token").read_text().strip().partition(":")
        auth = httpx.BasicAuth(user, password)
        token = httpx.get(f"{self.api}/csrf-token", params={"client": "test"}, auth=auth).json()["token"]
        headers = {"Prefect-Csrf-Client": "test", "Prefect-Csrf-Token": token}
        return httpx.Client(base_url=self.api, auth=auth, headers=headers, timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(root: Path, log: Path) -> subprocess.Popen[str]:
    """`tuwen serve` on any free port; its stderr goes to `log`."""
    command = [sys.executable, "-m", "flows", "serve", "-w", str(root), "--port", str(free_port())]
    command += ["--cron", "0 3 1 1 *", "--set", "extract.ocr.engine=off"]
    with log.open("wb") as stream:
        return subprocess.Popen(
            command, env=own_environment(), stdout=subprocess.DEVNULL, stderr=stream, text=True
        )


def wait_for(found: Any, what: str) -> Any:
    """The first true value of `found()`."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(what)


def page_of(log: Path) -> str:
    """The address of the page, once it is said."""
    said = wait_for(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8")), "no page")
    return str(said[0])


def wait_for_deployment(serving: Serving) -> None:
    with serving.client() as client:
        wait_for(lambda: client.post("/deployments/filter", json={}).json(), "no deployment")


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    root = tmp_path_factory.mktemp("serve") / "heritage"
    draw_book(root / "books" / "good.pdf")
    encrypt_book(draw_book(root / "books" / "locked.pdf", seed=2))
    log = root.parent / "stderr.txt"
    process = start(root, log)
    try:
        serving = Serving(root, process, page_of(log))
        wait_for_deployment(serving)
        yield serving
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def run_to_its_end(client: httpx.Client, run: str) -> dict[str, Any]:
    """The flow run, once its state is final."""

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(f"/flow_runs/{run}").json()
        return found if found["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED") else None

    found: dict[str, Any] = wait_for(ended, "the run does not end")
    return found


def test_without_the_token_nothing_is_told(serving: Serving) -> None:
    assert httpx.get(f"{serving.api}/version").status_code == 401
    assert httpx.get(f"{serving.api}/version", auth=("tuwen", "guessed")).status_code == 401
    assert httpx.get(f"{serving.api}/version", headers={"Origin": EVIL}).status_code == 401
    assert httpx.get(f"{serving.api}/csrf-token", params={"client": "x"}).status_code == 401


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_of_another_page_does_nothing(serving: Serving, kind: str) -> None:
    headers = {"Origin": EVIL, "Content-Type": kind}
    with serving.client() as client:
        (deployment,) = client.post("/deployments/filter", json={}).json()
        before = client.post("/flow_runs/count", json={}).json()
        url = f"{serving.api}/deployments/{deployment['id']}/create_flow_run"
        answer = httpx.post(url, content=b'{"parameters": {}}', headers=headers)
        assert answer.status_code in (401, 403)
        assert client.post("/flow_runs/count", json={}).json() == before


def test_the_token_alone_changes_nothing(serving: Serving) -> None:
    with serving.client() as client:
        client.headers.pop("Prefect-Csrf-Token")
        assert client.post("/deployments/filter", json={}).status_code == 403


def test_a_browser_lets_only_the_server_s_own_page_ask(serving: Serving) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    url = f"{serving.api}/deployments/filter"
    foreign = httpx.options(url, headers={"Origin": EVIL, **asked})
    assert foreign.status_code == 400
    assert "access-control-allow-origin" not in foreign.headers
    own = httpx.options(url, headers={"Origin": serving.page, **asked})
    assert own.headers["access-control-allow-origin"] == serving.page
    with serving.client() as client:
        answer = client.get("/version", headers={"Origin": EVIL})
        assert "access-control-allow-origin" not in answer.headers


def test_events_ask_for_the_token(serving: Serving) -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    url = serving.api.replace("http", "ws") + "/events/out"
    for token in (None, "tuwen:guessed"):
        with connect(url, subprotocols=["prefect"]) as socket_:  # type: ignore[list-item]
            socket_.send(json.dumps({"type": "auth", "token": token}))
            with pytest.raises(ConnectionClosed):
                socket_.recv(timeout=30)


def test_a_run_takes_no_parameters(serving: Serving, tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    given = {"workspace": str(tmp_path), "overrides": ["extract.refine.enabled=true"]}
    with serving.client() as client:
        (deployment,) = client.post("/deployments/filter", json={}).json()
        assert deployment["parameters"] == {}
        assert deployment["parameter_openapi_schema"].get("properties", {}) == {}
        answer = client.post(f"/deployments/{deployment['id']}/create_flow_run", json={"parameters": given})
        if answer.is_success:
            assert run_to_its_end(client, answer.json()["id"])["state"]["type"] == "CRASHED"
    assert [path.name for path in tmp_path.iterdir()] == ["books"]


def test_a_run_with_failed_books_is_partial_whatever_the_server_says_of_code(serving: Serving) -> None:
    with serving.client() as client:
        (deployment,) = client.post("/deployments/filter", json={}).json()
        client.patch(
            f"/deployments/{deployment['id']}",
            json={"entrypoint": "os.abort", "job_variables": {"env": {"TUWEN_DATASET__NAME": "other"}}},
        )
        answer = client.post(f"/deployments/{deployment['id']}/create_flow_run", json={"parameters": {}})
        run = run_to_its_end(client, answer.json()["id"])
        assert (run["state"]["type"], run["state"]["name"]) == ("FAILED", "Partial")
        assert run["name"] == "rebuild heritage v0001"
        assert "partial" in run["tags"]
        assert "locked.pdf" in run["state"]["message"]
        names = {found["name"] for found in client.post("/flow_runs/filter", json={}).json()}
        assert "build heritage v0001" in names
        # What an automation is triggered by.
        body = {"filter": {"event": {"name": ["prefect.flow-run.Partial"]}}}
        events = wait_for(lambda: client.post("/events/filter", json=body).json()["events"], "no event")
        (artifact,) = client.post("/artifacts/filter", json={}).json()
    assert artifact["key"] == "build-heritage"
    assert "| locked.pdf | failed |" in artifact["data"]
    assert f"{serving.root}/datasets/tuwen/v0001/report/index.html" in artifact["data"].replace("\\", "")
    assert {event["resource"]["prefect.state-type"] for event in events} == {"FAILED"}


def test_a_taken_port_is_an_error_of_the_caller(serving: Serving, tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    port = serving.page.rpartition(":")[2]
    command = [sys.executable, "-m", "flows", "serve", "-w", str(tmp_path), "--port", port]
    other = subprocess.run(command, env=own_environment(), capture_output=True, text=True, check=False)
    assert other.returncode == USAGE
    assert f"port {port}" in other.stderr
    assert "Traceback" not in other.stderr
    assert httpx.get(f"{serving.api}/health").status_code == 200


@pytest.mark.parametrize(
    ("number", "moment"),
    [(signal.SIGTERM, "server process"), (signal.SIGINT, "page"), (signal.SIGTERM, "deployment")],
)
def test_a_stop_at_any_moment_leaves_nothing(tmp_path: Path, number: signal.Signals, moment: str) -> None:
    (tmp_path / "books").mkdir()
    log = tmp_path / "stderr.txt"
    process = start(tmp_path, log)
    server = wait_for(lambda: psutil.Process(process.pid).children(), "no server")[0]
    if moment != "server process":
        page = page_of(log)
    if moment == "deployment":
        wait_for_deployment(Serving(tmp_path, process, page))
    process.send_signal(number)
    assert process.wait(60) == INTERRUPTED
    assert has_ended(server.pid)
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert "WARNING" not in said
    assert "ERROR" not in said


def test_the_token_is_in_no_log(serving: Serving) -> None:
    token = (serving.root / ".prefect" / "token").read_text().strip()
    logs = [serving.root.parent / "stderr.txt", serving.root / ".prefect" / "serve.log"]
    assert all(token not in log.read_text(encoding="utf-8") for log in logs)
    assert os.stat(serving.root / ".prefect").st_mode & 0o777 == 0o700
