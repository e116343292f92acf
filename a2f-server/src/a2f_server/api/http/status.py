"""Endpoints for operators and load balancers: /health, /ping, /metrics."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, PlainTextResponse, Response

from a2f_server import __version__
from a2f_server.api.scrape import Scrape
from a2f_server.api.service import Service, seconds


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["status"])
    scrape = Scrape(service)

    @router.get("/health", summary="State of the server", responses={503: {"description": "It cannot serve."}})
    async def health() -> Response:
        """Returns the server's state; 503 when it cannot serve."""
        return JSONResponse(report(service), 200 if service.engine.healthy else 503)

    @router.get("/ping", summary="Readiness, for load balancers", responses=_PING, response_class=Response)
    async def ping() -> Response:
        """Answers load balancers: 200 ready, 503 full, draining or unhealthy."""
        engine = service.engine
        return Response(status_code=503 if engine.slots.full_everywhere or not engine.healthy else 200)

    @router.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Returns metrics for Prometheus."""
        return Response(scrape.text(), media_type=CONTENT_TYPE_LATEST)

    return router


_PING: dict[int | str, dict[str, object]] = {
    200: {"description": "A new utterance can begin."},
    503: {"description": "The server is full, draining or unhealthy."},
}


SERVICE = "a2f-server"


def report(service: Service) -> dict[str, object]:
    """Returns the body of /health. Its last four fields are for clients of other systems."""
    engine, backend, slots = service.engine, service.backend, service.engine.slots
    status = "healthy" if engine.healthy else "unhealthy"
    return {
        "status": status,
        "mode": backend.mode,
        "backend": backend.name,
        "device": backend.device,
        "provider": backend.provider,
        "model": backend.model,
        "batch": backend.max_batch,
        "memory": asdict(service.memory.read()),
        "tts": service.voice.name if service.voice else None,
        "active_sessions": slots.total_taken,
        "capacity": slots.total_capacity,
        "max_streams": slots.total_most,
        "connections": service.connections.total,
        "workers": service.group.counts.total("workers") or 1,
        "draining": slots.draining,
        "fps": service.settings.fps,
        "lookahead": seconds(service.lookahead()),
        "keys_file": service.keys.state,
        "version": __version__,
        "processor_ready": engine.healthy,
        "streaming_manager": "initialized",
        "service": SERVICE,
        "grpc_status": status,  # in EmoTalk's gateway, that of the service behind it; here, of the model
    }


def greeting(service: Service) -> dict[str, object]:
    """Returns the body of `GET /` for programs: that of /health with a message."""
    return {"message": f"{SERVICE} is running.", **report(service)}
