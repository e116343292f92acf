"""`POST /v1/webrtc`: a WebRTC call in which a face speaks the peer's audio."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, ValidationError
from starlette.responses import JSONResponse, Response

from a2f_server import ice_servers
from a2f_server.api.byte_budget import Upload
from a2f_server.api.callers import Caller
from a2f_server.api.http.pages import WEB
from a2f_server.api.http.responses import JSON, unless_disconnected
from a2f_server.api.http.upload import read_form, read_upload
from a2f_server.api.messages import MOST_TEXT_BYTES, U32, Emotions, Options, explain, parse
from a2f_server.api.openapi import ErrorBody, error_responses
from a2f_server.api.service import Service
from a2f_server.api.talking_pictures import MOST_PICTURE_BYTES, glb_of, head_motion
from a2f_server.drawing.contract import FaceRenderer
from a2f_server.engine.slots import Slot
from a2f_server.errors import BadMessage, NotInstalled
from a2f_server.video.talking_face import FPS, TalkingFace

if TYPE_CHECKING:
    from a2f_server.video.webrtc.call import VideoCall

PATH = "/v1/webrtc"
LOOP_COST = 0.1
"""CPU cores that a call takes on the event loop: packets are encrypted in Python."""
RATE = 48000
"""Sample rate of a call's audio, in Hz."""


class CallRequest(Options):
    """A peer's offer, and the options of the face and the video."""

    sdp: str
    type: Literal["offer"] = "offer"
    fps: Annotated[int, Field(ge=10, le=30)] | None = FPS
    """Frames per second of the video."""
    size: Annotated[int, Field(ge=128, le=720, multiple_of=2)] | None = None
    """The longer side of the video in pixels; by default that of the settings."""
    seed: U32 = 0
    face: Annotated[int, Field(ge=0, le=99)] = 0
    """Index of the face in a photo, by size; 0 is the largest."""
    crop: bool = True
    """Show the head and shoulders of a photo; otherwise all of it."""


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["portraits and video"])
    offers = Offers(service)

    @router.post(
        PATH,
        summary="Call a face (WebRTC)",
        status_code=201,
        openapi_extra=_BODY,
        responses=_RESPONSES,
        response_class=Response,
    )
    async def open_call(request: Request) -> Response:
        """Answers the offer of a WebRTC peer that sends audio. The peer receives video of a face that speaks this
        audio, and the audio in sync with it. The face is the field `image` of a multipart body, a photo or a GLB;
        without one it is the head of the server's page.

        `Location` is the URL of the call: `DELETE` ends it, and so does closing the peer connection.
        """
        answer = await offers.answer(request)
        return JSONResponse(answer, 201, {"Location": f"./webrtc/{answer['id']}", "Cache-Control": "no-store"})

    @router.delete(
        PATH + "/{call}",
        summary="End a call",
        status_code=204,
        responses={**error_responses(404), 204: {"description": "The call is over."}},
        response_class=Response,
    )
    async def end_call(call: str) -> Response:
        """Ends a call."""
        service.calls.end(call)
        return Response(status_code=204)

    return router


class Offers:
    """Turns offers into calls."""

    def __init__(self, service: Service) -> None:
        self._service = service
        known = service.settings.ice_servers
        self._servers = ice_servers.parse(known.get_secret_value()) if known else []

    async def answer(self, request: Request) -> dict[str, Any]:
        """Opens a call and returns the body of the answer. Everything it holds is released when the call has ended."""
        service = self._service
        await asyncio.to_thread(_require_packages)  # the first time takes a second
        service.videos.require_free()  # before the upload
        with ExitStack() as held:
            caller = held.enter_context(service.callers.joined(request))
            body, file = await self._read(request)
            if file:
                held.enter_context(closing(file))
            with service.calls.place():  # after the upload: slow ones would keep others out
                return await self._answer(request, body, file, caller, held)

    async def _answer(
        self, request: Request, body: CallRequest, file: Upload | None, caller: Caller, held: ExitStack
    ) -> dict[str, Any]:
        service = self._service
        service.check(body)
        offer = _read_offer(body.sdp, _address(request))
        renderer = await unless_disconnected(request, self._renderer(body, file))
        cost = await service.videos.cost(renderer, body.fps or FPS)
        held.enter_context(closing(service.videos.capacity.take(cost + LOOP_COST)))
        slot = held.enter_context(closing(service.engine.slots.reserve(caller.slots)))
        if file:
            file.close()
        call, about = self._call(body, slot, renderer, caller)
        try:
            sdp = await call.answer(offer)
        except BaseException:
            await call.close()
            raise
        return {"type": "answer", "sdp": sdp, "id": service.calls.add(call, held.pop_all().close), **about}

    async def _read(self, request: Request) -> tuple[CallRequest, Upload | None]:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            form = await read_form(self._service, request, "image", MOST_PICTURE_BYTES)
            try:
                return _parsed(lambda: CallRequest.model_validate(_decoded(form.texts), strict=False)), form.file
            except BaseException:
                form.file.close()
                raise
        with closing(await read_upload(self._service, request, "offer", MOST_TEXT_BYTES)) as body:
            return _parsed(lambda: CallRequest.model_validate_json(bytes(body.data))), None

    async def _renderer(self, body: CallRequest, file: Upload | None) -> FaceRenderer:
        service = self._service
        if file:
            with service.portraits.place():
                glb = await glb_of(service, file, body.face, crop=body.crop)
        else:
            glb = await asyncio.to_thread(_head)
        return await service.videos.renderer(glb, body.size)

    def _call(
        self, body: CallRequest, slot: Slot, renderer: FaceRenderer, caller: Caller
    ) -> tuple[VideoCall, dict[str, object]]:
        from a2f_server.video.webrtc.call import VideoCall, limit_bitrate  # noqa: PLC0415 - an extra
        from a2f_server.video.webrtc.playback import CallPlayback  # noqa: PLC0415

        service = self._service
        limit_bitrate(service.settings.call_bitrate)
        utterance = service.utterance(body, RATE, max_seconds=service.settings.max_call_s)
        stream = service.engine.open(utterance, slot)
        motion = head_motion(body.seed, utterance.fps)
        playback = CallPlayback(TalkingFace(stream, renderer, service.videos.threads, motion), service.metrics)

        def take(text: str) -> None:
            message = parse(text)
            if not isinstance(message, Emotions):
                raise BadMessage("in a call, the data channel accepts only messages of type emotions")
            stream.set_emotions(message.emotions, message.at)

        about: dict[str, object] = {
            "fps": playback.fps,
            "width": renderer.width,
            "height": renderer.height,
            "delay": round(playback.delay, 3),
        }
        call = VideoCall(playback, renderer, service.videos.threads, self._servers, take, caller.require_valid)
        return call, about


def _head() -> bytes:
    """Returns the avatar of the demo page."""
    return (WEB / "avatar/head.glb").read_bytes()


def _require_packages() -> None:
    """Raises NotInstalled unless calls can be made."""
    try:
        import a2f_server.video.webrtc.call  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"calls need the module {error.name}: pip install 'a2f-server[video]' (in a checkout '.[video]')"
        ) from None


def _read_offer(sdp: str, address: str) -> str:
    from a2f_server.video.webrtc.offer import read_offer  # noqa: PLC0415 - an extra

    return read_offer(sdp, address)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _decoded(fields: Any) -> dict[str, Any]:
    """Returns the fields of a form, with `emotions` decoded from JSON."""
    try:
        return {name: json.loads(text) if name == "emotions" else text for name, text in fields.items()}
    except (ValueError, RecursionError):
        raise BadMessage('emotions: write them as JSON, such as {"joy": 0.6}') from None


def _parsed(validate: Callable[[], CallRequest]) -> CallRequest:
    try:
        return validate()
    except ValidationError as error:
        raise BadMessage(explain(error)) from None


_FILE = {"type": "string", "format": "binary", "description": "A photo, or an avatar as GLB."}
_SCHEMA = CallRequest.model_json_schema()
_FORM = {**_SCHEMA, "properties": {**_SCHEMA["properties"], "image": _FILE}, "required": ["sdp", "image"]}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": _SCHEMA}, "multipart/form-data": {"schema": _FORM}},
    }
}
_RESPONSES: dict[int | str, dict[str, object]] = {
    201: {
        "description": "The answer.",
        "headers": {"Location": {"description": "The URL of the call.", "schema": {"type": "string"}}},
    },
    **error_responses(408, 413, 501, 503),
    400: {"model": ErrorBody, "description": "The offer cannot be answered (`bad_offer`), or the picture is damaged."},
    415: {"model": ErrorBody, "description": "The format of the image is not supported (`unsupported_picture`)."},
    422: {"model": ErrorBody, "description": "A field is wrong (`bad_message`), or the picture has no face."},
}
