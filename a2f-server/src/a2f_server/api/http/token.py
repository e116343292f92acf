"""`POST /v1/token`: a short-lived token for sockets, which may name the user it is for."""

from __future__ import annotations

from contextlib import closing

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from a2f_server.api.auth import NOBODY, SUBJECT
from a2f_server.api.callers import IDENTITY
from a2f_server.api.http.responses import JSON
from a2f_server.api.http.upload import read_upload
from a2f_server.api.messages import explain
from a2f_server.api.openapi import error_responses
from a2f_server.api.service import Service
from a2f_server.errors import BadMessage

MOST_BYTES = 4096
"""Bytes of the body."""


class TokenRequest(BaseModel):
    """The body, which may also be empty."""

    model_config = ConfigDict(strict=True, extra="forbid")

    subject: str | None = Field(None, pattern=f"^{SUBJECT}$", examples=["user-42"])


class Token(BaseModel):
    """A token and its lifetime in seconds."""

    token: str
    expires_in: int


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["status"])

    @router.post("/v1/token", summary="Token for a WebSocket", openapi_extra=_BODY, responses=_RESPONSES)
    async def token(request: Request) -> Token:
        """Returns a short-lived token for browsers, which must not know the key.

        With a `subject`, such as your own id of a user, the limits of sockets, utterances, waiting texts and spoken
        characters apply to that user alone.
        """
        with closing(await read_upload(service, request, "token", MOST_BYTES)) as body:
            identity = request.scope.get(IDENTITY, NOBODY)
            token, expires_in = service.auth.issue(_subject(body.data), identity.key)
        return Token(token=token, expires_in=expires_in)

    return router


def _subject(body: bytes | bytearray) -> str | None:
    """Parses the body as JSON whatever its Content-Type says. Raises BadMessage."""
    try:
        return TokenRequest.model_validate_json(body).subject if body.strip() else None
    except ValidationError as error:
        if error.errors()[0]["type"] == "extra_forbidden":  # a misspelt subject would lift the limits of a user
            raise BadMessage("the body may have the field subject only, spelt like this") from None
        raise BadMessage(explain(error)) from None


_BODY = {"requestBody": {"content": {JSON: {"schema": TokenRequest.model_json_schema()}}}}
_RESPONSES = error_responses(413, 422, 503)
