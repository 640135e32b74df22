"""`tuwen review` as it runs: a server on this machine, and a browser that opens its page."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path

import uvicorn

from extractors.errors import UsageError
from flows.interrupt import run_interruptible
from flows.output import print_lines
from flows.review.access import OPEN
from flows.review.app import make_app
from flows.review.session import Session
from flows.settings import Settings
from flows.workspace import Workspace

HOST = "127.0.0.1"
FIRST_PORT, PORTS = 20000, 10000
"""Of the ports of workspaces: no well-known ones, and none that systems give away by themselves."""
STOP_SECONDS = 2
"""For answers under way at a stop: every decision is on the disk before it is answered."""


def review_workspace(
    root: Path, settings: Settings, *, port: int | None, who: str, open_browser: bool
) -> None:
    """Serve the review page of the current version until stopped; `port` None takes the workspace's own.

    Raises UsageError (no workspace, a taken port), DamagedWorkspaceError (no version, or one not whole).
    """
    workspace = Workspace.open_published(root)
    listener = listen(port) if port is not None else listen_at_home(workspace.root)
    with tempfile.TemporaryDirectory() as folder:
        session = Session(workspace, settings, who)
        version = session.version
        own_port = listener.getsockname()[1]
        app = make_app(session, own_port)
        address = f"http://{HOST}:{own_port}{OPEN}{app.token}"
        config = uvicorn.Config(
            app, log_level="error", timeout_graceful_shutdown=STOP_SECONDS, lifespan="off"
        )
        server = uvicorn.Server(config)
        print_lines(
            f"{version.dataset} {version.version}: {len(version.queue)} items to look at",
            f"open {address}",
            "Ctrl-C ends it; every decision is kept as it is made.",
        )
        threading.Thread(target=session.pictures.warm, daemon=True).start()
        if open_browser and _has_screen():
            _open(address, Path(folder))
        run_interruptible(lambda: server.run(sockets=[listener]), abandon=Path(folder), stop=session.close)


def home_port(root: Path) -> int:
    """The port of a workspace: the same each time, so that an open page finds its server again."""
    digest = hashlib.sha256(str(root.resolve()).encode()).digest()
    return FIRST_PORT + int.from_bytes(digest[:4]) % PORTS


def listen_at_home(root: Path) -> socket.socket:
    """Listen on the workspace's port, or on any free one where that is taken (by another server)."""
    try:
        return listen(home_port(root))
    except UsageError:
        return listen(0)


def listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()  # whoever opens the printed address at once is answered when the server runs
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is taken; leave --port out, or say another") from error
        raise
    return listener


def _has_screen() -> bool:
    """Whether a browser can show a window; one inside the terminal would take the terminal."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(address: str, folder: Path) -> None:
    """Open the browser by a file that only this user can read: its command line is seen by all users."""
    file = folder / "tuwen-review.html"
    file.touch(mode=0o600)
    file.write_text(f'<!doctype html><meta http-equiv="refresh" content="0;url={address}">', "utf-8")
    webbrowser.open(file.as_uri())
