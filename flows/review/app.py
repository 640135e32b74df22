"""The addresses of the review server: the page and its files, what it reads, and the one it writes to."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dataset_cards.names import SCRIPT, names_script
from dataset_cards.report.design import base_style
from dataset_cards.review.choice import Choice
from extractors.parsing import parse_json
from flows.review.access import Access
from flows.review.meanwhile import MeanwhileError
from flows.review.pictures import LEVELS, NoPictureError
from flows.review.session import Session

PICTURES_KEPT = "private, max-age=86400"
"""By the browser: a version never changes, and its digest is in the address of every picture."""
PAGE = Path(str(files(__package__).joinpath("page")))


def make_app(session: Session, port: int, token: str | None = None) -> Access:
    """The server's application, to be served on `port` of 127.0.0.1; `token` instead of a random one."""

    async def start(_request: Request) -> Response:
        return _json(session.start() | {"write": access.write_token})

    def queue(request: Request) -> Response:
        return _json(session.queue(_choice(request)))

    def page(request: Request) -> Response:
        return _json(session.page(request.path_params["book"], request.path_params["page"]))

    def text(request: Request) -> Response:
        x0, y0, x1, y1 = (float(number) for number in request.query_params["box"].split(","))
        found = session.texts.at(request.path_params["book"], request.path_params["page"], (x0, y0, x1, y1))
        return _json({"text": found})

    def page_picture(request: Request) -> Response:
        given = request.path_params
        if not 0 <= given["level"] < len(LEVELS):
            raise KeyError(given["level"])
        session.version.book(given["book"])
        return _picture(session.pictures.page(given["book"], given["page"], given["level"]))

    def crop(request: Request) -> Response:
        item = session.version.by_id[request.path_params["item"]]
        if not item.picture:
            raise KeyError(item.id)
        return _picture(session.pictures.thumbnail(item))

    async def decide(request: Request) -> Response:
        try:
            given = parse_json(await request.body())
            if isinstance(given, list):
                return _json(await run_in_threadpool(session.decide, *given))
            (made,) = await run_in_threadpool(session.decide, given)
            return _json(made)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return PlainTextResponse(f"no decision: {error}", 400)
        except MeanwhileError as error:
            return _json(error.told, 409)

    def news(request: Request) -> Response:
        return _json(session.news(int(request.query_params.get("seen", 0))))

    async def keep_drafts(request: Request) -> Response:
        try:
            await run_in_threadpool(session.drafts.change, parse_json(await request.body()))
        except ValueError as error:
            return PlainTextResponse(f"no drafts: {error}", 400)
        return _json({})

    async def reopen(_request: Request) -> Response:
        await run_in_threadpool(session.reopen)
        return _json({"version": session.version.version})

    async def style(_request: Request) -> Response:
        return Response(base_style(), media_type="text/css")

    async def named(_request: Request) -> Response:
        return Response(names_script(), media_type="text/javascript")

    routes = [
        Route("/base.css", style),
        Route(f"/{SCRIPT}", named),
        Route("/api/start", start),
        Route("/api/queue", queue),
        Route("/api/page/{book}/{page:int}", page),
        Route("/api/text/{book}/{page:int}", text),
        Route("/api/news", news),
        Route("/api/decide", decide, methods=["POST"]),
        Route("/api/drafts", keep_drafts, methods=["POST"]),
        Route("/api/reopen", reopen, methods=["POST"]),
        Route("/pictures/{digest}/page/{book}/{page:int}/{level:int}", page_picture),
        Route("/pictures/{digest}/crop/{item}", crop),
        Mount("/", StaticFiles(directory=PAGE, html=True)),
    ]
    handlers: Any = {KeyError: _unknown, ValueError: _unknown, NoPictureError: _no_picture, OSError: _disk}
    access = Access(Starlette(routes=routes, exception_handlers=handlers), port, token)
    return access


def _choice(request: Request) -> Choice:
    given = request.query_params
    return Choice(
        book=given.get("book", ""),
        kind=given.get("kind", ""),
        subject=given.get("subject", ""),
        rule=given.get("rule", ""),
        why=given.get("why", ""),
        low=float(given.get("low", 0)),
        high=float(given.get("high", 1)),
        decided=given.get("decided") == "1",
    )


def _json(value: Any, status: int = 200) -> Response:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


def _picture(path: Path) -> Response:
    return FileResponse(path, headers={"cache-control": PICTURES_KEPT})


def _unknown(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"not found: {error}", 404)


def _no_picture(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), 404)


def _disk(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"not kept: {error}", 507)
