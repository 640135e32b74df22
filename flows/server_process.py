"""The process of a local Prefect server: `python -m flows.server_process SOCKET PARENT`.

SOCKET is the number of a listening socket that the parent bound and passed on: no other program can answer
there. PARENT is the parent's process id: the server ends soon after that process, however it ended.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time

APP = "prefect.server.api.server:create_app"
WATCH_SECONDS = 1.0
"""Between two looks at the parent. A server that outlives it by a second disturbs nobody."""
DRAIN_SECONDS = 2
"""For requests still open at a stop; a page that is looked at keeps its connection open for good."""


def main(descriptor: int, parent: int) -> None:
    """Serve Prefect's API on the socket until stopped or until the parent is gone."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    import uvicorn

    keep_collections_local()
    config = uvicorn.Config(APP, factory=True, log_level="error", timeout_graceful_shutdown=DRAIN_SECONDS)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


def keep_collections_local() -> None:
    """Make the server describe blocks and workers from its own package.

    Prefect asks a repository on GitHub for these lists when a person opens such a page. An address that is
    none makes it read the copies that its package carries, as it does without a network.
    """
    from prefect.server.api.collections import KNOWN_VIEWS

    KNOWN_VIEWS.update(dict.fromkeys(KNOWN_VIEWS, ""))


def _end_with(parent: int) -> None:
    # An orphan gets another parent; the first look also finds one that was gone before this process began.
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
