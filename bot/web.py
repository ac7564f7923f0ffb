"""HTTP: Slack's requests, verified before a byte of them is parsed; health and metrics."""

import json
from typing import Any
from urllib.parse import parse_qs

from prometheus_client import CONTENT_TYPE_LATEST
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.metrics import Metrics

BODY_LIMIT = 2_000_000  # bytes; a view of Slack's is 250 kB at most


def web_app(metrics: Metrics, bolt: AsyncApp | None, signing_secret: str) -> Starlette:
    """Return the ASGI app. Without `bolt` it serves health and metrics only: the rest comes by Socket Mode."""

    async def events(request: Request) -> Response:
        with metrics.acknowledging():
            return await _from_slack(request, bolt, verifier) if bolt else PlainTextResponse("", 404)

    async def healthz(_: Request) -> Response:
        return _status(await metrics.alive())

    async def readyz(_: Request) -> Response:
        return _status(await metrics.ready())

    async def metrics_page(_: Request) -> Response:
        return Response(await metrics.page(), media_type=CONTENT_TYPE_LATEST)

    verifier = SignatureVerifier(signing_secret)
    routes = [
        Route("/slack/events", events, methods=["POST"]),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics_page),
    ]
    return Starlette(routes=routes)


async def _from_slack(request: Request, bolt: AsyncApp, verifier: SignatureVerifier) -> Response:
    body = await _read(request)
    if body is None:
        return PlainTextResponse("too large", 413)
    if not _is_signed(verifier, body, request):
        return PlainTextResponse("not signed by Slack", 401)
    if not _is_readable(body, request.headers.get("content-type", "")):
        return PlainTextResponse("not a payload of Slack's", 400)
    headers: dict[str, Any] = dict(request.headers)
    answer = await bolt.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=headers))
    return Response(answer.body, answer.status, {"content-type": (answer.headers.get("content-type") or ["text/plain"])[0]})


async def _read(request: Request) -> bytes | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return body


def _is_signed(verifier: SignatureVerifier, body: bytes, request: Request) -> bool:
    """Tell whether Slack signed it within the last 5 minutes.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not timestamp.isascii() or not timestamp.isdigit() or not signature.isascii():
        return False  # the verifier would raise on these
    return verifier.is_valid(body, timestamp, signature)


def _is_readable(body: bytes, content_type: str) -> bool:
    """Tell whether Bolt can parse it: it raises on anything but an object, and on one that is nested too deep."""
    try:
        text = body.decode()
        if "json" not in content_type:
            payload = parse_qs(text).get("payload")
            if payload is None:
                return True
            text = payload[0]
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _status(problem: str) -> Response:
    return JSONResponse({"ok": not problem, **({"problem": problem} if problem else {})}, 503 if problem else 200)
