"""A chat-completions service on this machine, for tests: it answers as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/v1/chat/completions"


@dataclass(frozen=True)
class Reply:
    """One response."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    """Seconds before it is sent, and again in its middle."""


def chat(content: object) -> Reply:
    """A response of the protocol whose message is `content`."""
    message = {"role": "assistant", "content": content}
    return Reply(json.dumps({"choices": [{"index": 0, "message": message}]}).encode())


@dataclass
class ChatService:
    """A running service, and what it was asked."""

    base_url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Bodies of the requests, in order."""
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The texts asked for, in order."""
        return [request["messages"][-1]["content"] for request in self.requests]


@contextmanager
def serve(answer: Callable[[str, int], Reply]) -> Iterator[ChatService]:
    """A service that replies `answer(text, nth request of all)`, the first being the 0th."""
    service = ChatService("")
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                number = len(service.requests)
                service.requests.append(body)
                service.headers.append(dict(self.headers.items()))
            reply = answer(body["messages"][-1]["content"], number)
            if self.path != PATH:
                reply = Reply(b"no such place", 404)
            with suppress(BrokenPipeError, ConnectionResetError):  # the client had enough
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            time.sleep(reply.pause)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            middle = len(reply.body) // 2
            self.wfile.write(reply.body[:middle])
            self.wfile.flush()
            time.sleep(reply.pause)
            self.wfile.write(reply.body[middle:])

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
