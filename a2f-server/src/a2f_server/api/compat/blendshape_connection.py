"""One connection of the protobuf WebSocket, which takes one request."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from starlette.types import Receive, Send
from starlette.websockets import WebSocket

from a2f_server.api.callers import Caller
from a2f_server.api.compat.blendshape_turn import BlendshapeTurn
from a2f_server.api.compat.protobuf_messages.audio2face_blendshape_v1_pb2 import Audio2FaceBlendshapeV1Request
from a2f_server.api.service import Service
from a2f_server.api.ws.session import SocketSession
from a2f_server.errors import A2FError, BackendFailed, BadMessage


class BlendshapeConnection(SocketSession):
    """Takes binary protobuf. Every error closes the socket, with its message as the reason.

    After the response it stays open until the client closes it.
    """

    def __init__(
        self, socket: WebSocket, receive: Receive, send: Send, service: Service, number: int, caller: Caller
    ) -> None:
        super().__init__(socket, receive, send, service, number, caller)
        self._turn = self._source = BlendshapeTurn(
            service, number=number, address=self._address, caller=caller, on_change=self._flush, fail=self.fail
        )

    def fail(self, error: A2FError, *, close: int | None = None) -> None:
        """Closes the socket with 1013 if the server is busy, 1011 if it failed, 1008 or 1009 if the client did."""
        if self._fatal is None:
            self._service.metrics.errors.labels(error.code).inc()
            super().fail(error, close=close or error.close or (1011 if isinstance(error, BackendFailed) else 1008))

    def _on_message(self, message: bytes | str) -> None:
        if len(message) > self._most_bytes:
            return self._too_large(len(message), self._most_bytes)
        try:
            self._turn.take(_parsed(message))
        except A2FError as error:
            self._turn.close(error)
            self.fail(error)


def _parsed(message: bytes | str) -> Audio2FaceBlendshapeV1Request:
    """Raises BadMessage if it is not a request."""
    if isinstance(message, str):
        raise BadMessage("Expected a binary message, but received text")
    try:
        request: Audio2FaceBlendshapeV1Request = Audio2FaceBlendshapeV1Request.FromString(message)
    except DecodeError:
        raise BadMessage("The message cannot be decoded as Audio2FaceBlendshapeV1Request") from None
    return request
