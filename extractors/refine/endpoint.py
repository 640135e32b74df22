"""The client of an OpenAI-compatible service: one text goes out, one text comes back.

Each request is a task of an event loop, because only there a time limit holds for the whole of it: httpx
limits the wait for each piece, so that a service which sends a byte now and then would never be given up.

Its key is read from the environment and goes into one header; no message, file or exception holds it.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Any

import anyio
import httpx
from anyio.from_thread import start_blocking_portal

from extractors.errors import UsageError
from extractors.settings import RefineSettings

PROMPT = (
    "你是中国文化遗产图书的文字校对。用户给出从书页上读出的一段文字，请只改正其中的差错："
    "断行和排版留下的多余空格，误用或缺漏的标点，以及 OCR 误认的形近字。"
    "不得增加、删除、改写、翻译或概括任何内容，不得改动数字、年代、尺寸和图号，不得转换简体与繁体。"
    "没有把握的地方保持原样；没有差错就原样返回。只输出改正后的文字，不加引号，不作说明。"
)
"""The guard refuses whatever does otherwise; saying so makes refusals rare."""

MOST_BYTES = 1 << 20
"""Of one response: no description of a picture comes near it, not even with a model's thoughts around it."""
FIRST_WAIT = 0.5
"""Seconds before the second try; doubled before each further one."""
LONGEST_WAIT = 30.0
"""Seconds: a service that asks for more patience (Retry-After) is left alone for this run."""
BUSY, TIMED_OUT, SERVER_ERRORS = 429, 408, 500


class EndpointError(Exception):
    """No answer, for a reason that is a stable slug.

    timeout, unreachable, rate-limited, status-NNN, too-large, not-the-protocol.
    """

    def __init__(self, reason: str, *, may_pass: bool = False, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_pass = may_pass
        """Whether the same question may be answered a little later."""
        self.wait = wait
        """Seconds the service asked to wait."""


class Endpoint:
    """A model of one service. Use it in a `with` block; `ask` may be called from several threads."""

    def __init__(self, settings: RefineSettings) -> None:
        """Raises what `service_url` raises, and UsageError for a key that fits into no header."""
        url = service_url(settings)
        self.name = url.netloc.decode("ascii")
        """Host and port, for messages."""
        self._url = url.copy_with(path=url.path.rstrip("/") + "/chat/completions")
        self._settings = settings
        self._client = httpx.AsyncClient(
            headers={"Accept-Encoding": "identity", **_authorisation(settings.api_key_env)},
            timeout=None,  # `_ask_once` limits the whole
            limits=httpx.Limits(max_connections=settings.concurrency),
        )
        self._stack = ExitStack()

    def __enter__(self) -> Endpoint:
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._stack.callback(self._portal.call, self._client.aclose)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def ask(self, text: str) -> str | None:
        """The model's version of `text`, without white space at its ends; None when it gave no text.

        Asks again, after a pause, while the service is busy, broken or silent. Raises EndpointError.
        """
        for attempt in range(self._settings.retries):
            try:
                return self._portal.call(self._ask_once, text)
            except EndpointError as error:
                wait = FIRST_WAIT * 2**attempt if error.wait is None else error.wait
                if not error.may_pass or wait > LONGEST_WAIT:
                    raise
            time.sleep(wait)
        return self._portal.call(self._ask_once, text)

    async def _ask_once(self, text: str) -> str | None:
        body = question(self._settings.model, text)
        try:
            with anyio.fail_after(self._settings.timeout):
                async with self._client.stream("POST", self._url, json=body) as response:
                    _check_status(response)
                    return _read_answer(await _read_body(response))
        except TimeoutError:
            raise EndpointError("timeout", may_pass=True) from None
        except httpx.TransportError:
            raise EndpointError("unreachable", may_pass=True) from None


def question(model: str, text: str) -> dict[str, Any]:
    """What a service is sent for `text`; kept answers are found by it."""
    messages = [{"role": "system", "content": PROMPT}, {"role": "user", "content": text}]
    return {"model": model, "messages": messages, "temperature": 0}


def service_url(settings: RefineSettings) -> httpx.URL:
    """The address of the service. Raises UsageError without a usable address, or without a model."""
    try:
        url = httpx.URL(settings.base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host or not settings.model:
        raise UsageError(
            "extract.refine.enabled needs extract.refine.base_url (http://… or https://…, up to and "
            "with /v1) and extract.refine.model; docs/refining.md has an example"
        )
    return url


def _authorisation(variable: str) -> dict[str, str]:
    key = os.environ.get(variable, "").strip()
    if not key:
        return {}
    if not (key.isascii() and key.isprintable()):
        raise UsageError(f"{variable} in the environment holds characters that no key has")
    return {"Authorization": f"Bearer {key}"}


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    if status == BUSY:
        raise EndpointError("rate-limited", may_pass=True, wait=_asked_wait(response))
    may_pass = status == TIMED_OUT or status >= SERVER_ERRORS
    raise EndpointError(f"status-{status}", may_pass=may_pass, wait=_asked_wait(response))


def _asked_wait(response: httpx.Response) -> float | None:
    """Retry-After in seconds; its other form, a date, is not read."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None


async def _read_body(response: httpx.Response) -> bytes:
    """The body, unless it is too long."""
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MOST_BYTES:
            raise EndpointError("too-large")
    return bytes(body)


def _read_answer(body: bytes) -> str | None:
    try:
        content: Any = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise EndpointError("not-the-protocol") from None
    # JSON can spell half a character, which no file can hold.
    return content.strip().encode("utf-8", "replace").decode() if isinstance(content, str) else None
