"""Errors of the network, told as such: they come as OSErrors, or from one of several HTTP libraries."""

from __future__ import annotations

import errno
import socket
import ssl
import sys
from collections.abc import Iterator

HTTP_LIBRARIES = ("httpx", "httpx2")
"""Those used by Prefect and huggingface_hub; each has its own TransportError."""
NO_CONNECTION = frozenset(
    {
        errno.ECONNREFUSED,
        errno.ECONNRESET,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.ENETUNREACH,
        errno.ETIMEDOUT,
    }
)
REMEDY = (
    "check that this machine has a network, and the address of the service (PREFECT_API_URL, "
    "build.dask_address, extract.refine.base_url, a proxy in HTTPS_PROXY)"
)


def network_problem(error: BaseException) -> str | None:
    """One sentence for an error that the network caused, with the remedy; None for any other."""
    for cause in _causes(error):
        if _is_of_network(cause):
            place = f" {address}" if (address := _address(cause)) else ""
            return f"no connection{place} ({str(cause) or type(cause).__name__}); {REMEDY}"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _is_of_network(error: BaseException) -> bool:
    loaded = (sys.modules.get(name) for name in HTTP_LIBRARIES)
    if any(isinstance(error, library.TransportError) for library in loaded if library):
        return True
    if not isinstance(error, OSError) or error.filename is not None:  # a file on a network share is a place
        return False
    named = isinstance(error, socket.gaierror | ssl.SSLError | TimeoutError)
    return named or error.errno in NO_CONNECTION


def _address(error: BaseException) -> str:
    """Scheme, host and port that were asked, where the error knows: never the path or a key in it."""
    try:
        url = error.request.url  # type: ignore[attr-defined]
    except (AttributeError, RuntimeError):  # httpx raises RuntimeError where no request was set
        return ""
    return f"to {url.scheme}://{url.netloc.decode('ascii', 'replace')}"
