"""The OpenAPI document, with authentication and the shape of errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, Field

DESCRIPTION = """
Speech audio in, 52 ARKit blendshapes out. For live speech use the WebSocket `/ws` (docs/protocol.md).

If the server has a key (`A2F_API_KEY`), press *Authorize* and paste it; it is sent as `Authorization: Bearer …`.
Browsers cannot send that header with a WebSocket: `POST /v1/token` returns a token for `/ws?token=…`.
"""
TAGS = [
    {"name": "animation", "description": "Audio in, animation out."},
    {"name": "speech", "description": "Text in; audio and animation out. Needs a voice (docs/speech.md)."},
    {"name": "portraits and video", "description": "Avatars and talking videos from photos."},
    {"name": "status", "description": "For operators and load balancers; tokens for sockets."},
    {"name": "older clients", "description": "Routes of other systems (docs/compatibility.md)."},
]
KEY = {"type": "http", "scheme": "bearer", "description": "The server's A2F_API_KEY."}


class ErrorBody(BaseModel):
    """The body of every error."""

    type: str = Field("error", description="Always `error`.")
    code: str = Field(description="For programs, such as `bad_audio`.")
    message: str = Field(description="What is wrong and what to do.")
    reason: str | None = Field(None, description="With `busy` and `unauthorized`: the cause.")
    detail: str | None = Field(None, description="The message again, at routes of other systems.")
    scope: str | None = Field(None, description="With `busy`: whose limit it is: subject, key, address or socket.")


_ERROR_CONTENT = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}}}
"""A reference, since FastAPI would build a validator for each use of a model."""

MEANINGS = {
    400: "The audio is broken or empty (`bad_audio`).",
    401: "The key is missing or wrong (`unauthorized`).",
    403: "The page's origin or the host name is not allowed (`unauthorized`).",
    404: "There is nothing here (`not_found`).",
    408: "The request arrived too slowly (`timeout`).",
    413: "The audio is too long (`too_long`), or the body or picture too large (`too_large`).",
    415: "The audio format is not supported (`unsupported_audio`).",
    422: "A parameter or the body has the wrong shape (`bad_message`).",
    500: "The model failed (`backend_failed`).",
    501: "This server has no voice (`tts_unavailable`), or an optional package is missing (`not_installed`).",
    502: "The voice failed (`tts_failed`).",
    503: "The server is full, over a limit or shutting down (`busy`). `Retry-After` says when to try again.",
}


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns the descriptions of these statuses, for the decorator of a route."""
    return {status: {"description": MEANINGS[status], "content": _ERROR_CONTENT} for status in statuses}


class DescribedApp(FastAPI):
    """An application whose OpenAPI document says which routes need the key, and that all errors have one shape."""

    def __init__(self, *, needs_no_key: Callable[[str], bool], **options: Any) -> None:
        super().__init__(description=DESCRIPTION, openapi_tags=TAGS, responses=error_responses(403, 422), **options)
        self._needs_no_key = needs_no_key

    def openapi(self) -> dict[str, Any]:
        """Returns the document."""
        if self.openapi_schema is None:
            document = super().openapi()
            document["components"]["securitySchemes"] = {"key": KEY}
            document["components"]["schemas"][ErrorBody.__name__] = ErrorBody.model_json_schema()
            for path, operation in _operations(document):
                _complete(operation, secured=not self._needs_no_key(path))
        return self.openapi_schema or {}


def _complete(operation: dict[str, Any], *, secured: bool) -> None:
    """Adds the security of a route, and removes errors that it cannot have."""
    responses = operation["responses"]
    refused = responses.pop("403")
    if secured:
        operation["security"] = [{"key": []}]
        responses["401"], responses["403"] = {**refused, "description": MEANINGS[401]}, refused
    if not ({"parameters", "requestBody"} & operation.keys()):
        responses.pop("422", None)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation
