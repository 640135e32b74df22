"""A Prefect server of a workspace's own, for as long as the process that started it.

It answers only to the token of the workspace, and browsers let only its own page talk to it. Its socket is
bound here and passed on (see `flows.server_process`), so that no other server is taken for it.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from extractors.errors import MissingDependencyError, TuwenError, UsageError
from flows import server_process
from flows.prefect_guest import give_up_prefect, is_without_prefect, one_line, prefect_scope

HOME = ".prefect"
USER = "tuwen"
TOKEN_BYTES = 32
"""256 random bits: cannot be guessed."""
START_SECONDS = 120.0
"""A first start makes the database; on a busy machine with a slow disk that has taken over a minute."""
STOP_SECONDS = 10.0
POLL_SECONDS = 0.1
REQUEST_SECONDS = 15
"""For one answer of the API; a busy machine takes seconds."""
REQUEST_RETRIES = 1
"""With more, and Prefect's growing waits between them, a server that hangs delays a build for minutes."""


class PrefectServer:
    """A server that runs from `start` to `stop`, with its database in `home`."""

    def __init__(self, home: Path, port: int, *, with_page: bool) -> None:
        """Raises UsageError when the port is taken, OSError when `home` cannot be used."""
        home.mkdir(mode=0o700, exist_ok=True)
        self.token = read_token(home)
        self.log = home / ("serve.log" if with_page else "server.log")
        self._home = home
        self._with_page = with_page
        self._listener = _listen(port)
        self.page = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"{self.page}/api"
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def start(self) -> None:
        """Start the process of the server; `wait_until_healthy` returns when it answers."""
        # -P: the folder of the program is no place to import from.
        program = [sys.executable, "-P", server_process.__file__]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*program, str(self._listener.fileno()), str(os.getpid())],
                env=self._environment(),
                cwd=self._home,  # Prefect reads settings from files of the working directory
                pass_fds=[self._listener.fileno()],
                start_new_session=True,  # Ctrl-C is for the parent, which then ends the server
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._started = time.monotonic()

    def wait_until_healthy(self) -> None:
        """Return when the API answers. Raises MissingDependencyError when it never does."""
        deadline = time.monotonic() + START_SECONDS
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < deadline and self._is_running():
            try:
                with opener.open(f"{self.url}/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(POLL_SECONDS)
        raise MissingDependencyError(f"the local Prefect server did not start; its log is {self.log}")

    def keep_running(self) -> None:
        """Start the server again if it has ended; requests wait meanwhile, as the socket stays open.

        Raises MissingDependencyError when it ended soon after its start.
        """
        if self._is_running():
            return
        if time.monotonic() - self._started < START_SECONDS:
            raise MissingDependencyError(f"the local Prefect server ended; its log is {self.log}")
        print(f"the local Prefect server ended and is started again; its log is {self.log}", file=sys.stderr)
        self.start()

    def release_port(self) -> None:
        """Leave the socket to the server alone: when that ends, requests fail at once."""
        self._listener.close()

    def stop(self) -> None:
        """End the server."""
        self._listener.close()
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _environment(self) -> dict[str, str]:
        """What decides who may talk to the server is set here, whatever the user's environment says."""
        client_settings = ("PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_API_AUTH_STRING")
        home = self._home.resolve()
        return {
            **{name: value for name, value in os.environ.items() if name not in client_settings},
            "PREFECT_HOME": str(home),
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
            "PREFECT_SERVER_API_AUTH_STRING": self.token,
            "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
            "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": self.page,
            "PREFECT_SERVER_UI_ENABLED": "true" if self._with_page else "false",
            "PREFECT_SERVER_UI_API_URL": self.url,
            "PREFECT__SERVER_FINAL": "1",
            **({} if self._with_page else {"PREFECT__SERVER_EPHEMERAL": "1"}),
        }


def prepare_environment(home: Path, *, log_level: str = "CRITICAL") -> None:
    """Set what Prefect reads when it is first imported, where the user has not set it: call before that.

    Database and profiles under `home`; the console quiet: the ledger and our own progress tell what happens.
    """
    defaults = {
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(int(START_SECONDS)),
        "PREFECT_API_REQUEST_TIMEOUT": str(REQUEST_SECONDS),
        "PREFECT_CLIENT_MAX_RETRIES": str(REQUEST_RETRIES),
        "PREFECT_HOME": str(home.resolve()),
        "PREFECT_LOGGING_LEVEL": log_level,
        # Its background services complain when the server they report to has gone, as it does after a build.
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    for name in ("EventsWorker", "APILogWorker"):  # of Prefect, outside its own loggers
        logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def prefect_api(workspace: Path) -> Iterator[None]:
    """Have a Prefect API within the block: the one of PREFECT_API_URL, else a server started for the block.

    Where neither can be had, the flows in the block run without Prefect, and that is said.
    """
    home = workspace / HOME
    prepare_environment(home)
    from prefect.settings import PREFECT_API_URL

    with prefect_scope(), ExitStack() as stack:
        if not is_without_prefect() and not PREFECT_API_URL.value():
            try:
                server = stack.enter_context(local_server(home))
                stack.enter_context(use_server(server))
            except (TuwenError, OSError) as error:
                give_up_prefect(one_line(error))
        yield


@contextmanager
def local_server(home: Path, *, port: int = 0, with_page: bool = False) -> Iterator[PrefectServer]:
    """A server with its database in `home`, on `port` of this machine alone; 0: any free port.

    `with_page` adds Prefect's page and the services that plan scheduled runs, and keeps the port when the
    server ends. Raises UsageError when the port is taken, MissingDependencyError when the server does not
    start, OSError when `home` cannot be used.
    """
    server = PrefectServer(home, port, with_page=with_page)
    try:
        server.start()
        if not with_page:
            server.release_port()
        server.wait_until_healthy()
        yield server
    finally:
        server.stop()


@contextmanager
def use_server(server: PrefectServer) -> Iterator[None]:
    """Make `server` the API of this process and of those it starts."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_KEY, PREFECT_API_URL, temporary_settings

    # Child processes read the environment: without it each would start a server of its own.
    given = {"PREFECT_API_URL": server.url, "PREFECT_API_AUTH_STRING": server.token}
    for name in ("no_proxy", "NO_PROXY"):  # the token is for no proxy to see
        given[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1"]))
    before = {name: os.environ.pop(name, None) for name in (*given, "PREFECT_API_KEY")}
    os.environ.update(given)
    settings = {PREFECT_API_URL: server.url, PREFECT_API_AUTH_STRING: server.token}
    try:
        with temporary_settings(settings, restore_defaults={PREFECT_API_KEY}):
            yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def token_file(home: Path) -> Path:
    """Where the token of the server in `home` is stored, readable by its owner alone."""
    return home / "token"


def read_token(home: Path) -> str:
    """The token of the server in `home`, made at the first call."""
    path = token_file(home)
    try:
        path.chmod(0o600)
        if token := path.read_text(encoding="ascii").strip():
            return token
        path.unlink()  # its writing was cut short
    except FileNotFoundError:
        pass
    token = f"{USER}:{secrets.token_urlsafe(TOKEN_BYTES)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token


def _listen(port: int) -> socket.socket:
    """A listening socket on the loopback interface. Listening at once keeps a second server off the port."""
    listener = socket.socket()
    try:
        # A port whose last connections are just fading is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(
            f"port {port} cannot be used: {error.strerror}; choose another with --port"
        ) from None
    return listener
