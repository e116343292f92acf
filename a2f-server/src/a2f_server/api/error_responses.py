"""Turns errors into HTTP responses."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from a2f_server.api.compat.paths import has_detail
from a2f_server.api.utterance_log import note_error
from a2f_server.errors import A2FError, BadMessage, NotFound


def error_response(error: A2FError, path: str) -> JSONResponse:
    """Returns the JSON response of a typed error. At the paths of other systems it also has `detail`."""
    note_error(error)
    headers = {"Retry-After": "1"} if error.status == 503 else None
    detail = {"detail": error.message} if has_detail(path) else {}
    return JSONResponse({**error.as_json(), **detail}, error.status, headers)


def add_handlers(app: FastAPI) -> None:
    """Answers every error that can reach the application with a typed one."""
    app.add_exception_handler(A2FError, _typed_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _routing_error)
    app.add_exception_handler(ClientDisconnect, _disconnected)


async def _typed_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, A2FError)
    request.app.state.service.metrics.errors.labels(error.code).inc()
    return error_response(error, request.scope["path"])


async def _routing_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return error_response(NotFound("there is no such route"), request.scope["path"])
    return JSONResponse(BadMessage(str(error.detail)).as_json(), error.status_code, error.headers)


async def _disconnected(request: Request, error: Exception) -> Response:
    """Returns a status for the access log; the client is gone."""
    return Response(status_code=499)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return await _typed_error(request, BadMessage(f"{where}: {first['msg']}"))
