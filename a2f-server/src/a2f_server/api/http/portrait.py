"""`POST /v1/portrait`: a picture of a face in, an avatar with 52 shapes out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from a2f_server.api.http.responses import WholeResponse, unless_disconnected
from a2f_server.api.http.upload import read_form
from a2f_server.api.openapi import ErrorBody, error_responses
from a2f_server.api.service import Service
from a2f_server.errors import BadMessage, Busy

if TYPE_CHECKING:
    from a2f_server.portrait.portrait import Portrait

PATH = "/v1/portrait"
MEDIA_TYPE = "model/gltf-binary"
FACES, WARNING = "X-A2F-Faces", "X-A2F-Warning"
"""Headers: the number of faces in the picture, and a warning about what could make the avatar look bad."""
MOST_BYTES = 32 << 20
"""Maximum bytes of a picture. Photos from phones have 3 to 12 MB."""
MOST_FACE = 99


class PortraitOptions(BaseModel):
    """Options of a portrait, from the query or from other fields of the form."""

    face: int = Field(0, ge=0, le=MOST_FACE)
    crop: bool = True


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["portraits and video"])

    @router.post(
        PATH,
        summary="Make an avatar from a photo",
        openapi_extra=_UPLOAD,
        responses=_RESPONSES,
        response_class=Response,
    )
    async def portrait(
        request: Request,
        face: int = Query(0, ge=0, le=MOST_FACE, description="Index of the face, by size; 0 is the largest."),
        crop: bool = Query(True, description="Show the head and shoulders; otherwise the whole picture."),
    ) -> Response:
        """Makes a GLB with 52 ARKit morph targets from a picture, sent as the raw body or the multipart field `image`.

        The options may also be fields of the multipart body. The server keeps neither the picture nor the GLB.
        """
        if service.engine.slots.drain_started.is_set():
            raise Busy.shutting_down()
        service.portraits.require_free()  # before the upload
        with ExitStack() as held:
            form = await read_form(service, request, "image", MOST_BYTES)
            held.enter_context(closing(form.file))
            held.enter_context(service.portraits.place())
            chosen = _options({"face": face, "crop": crop, **form.texts})
            work = service.portraits.make(form.file, chosen.face, crop=chosen.crop)
            made = await unless_disconnected(request, work)
        return WholeResponse(made.glb, MEDIA_TYPE, service.answers, _headers(made))

    return router


def _options(fields: Mapping[str, object]) -> PortraitOptions:
    try:
        return PortraitOptions.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadMessage(f"{first['loc'][0]}: {first['msg']}") from None


def _headers(made: Portrait) -> dict[str, str]:
    warning = {WARNING: made.warning} if made.warning else {}
    return {
        FACES: str(made.faces),
        **warning,
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="portrait.glb"',
    }


_FILE = {"type": "string", "format": "binary"}
_PROPERTIES = {"image": _FILE, "face": {"type": "integer"}, "crop": {"type": "boolean"}}
_FORM = {"type": "object", "required": ["image"], "properties": _PROPERTIES}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {"image/*": {"schema": _FILE}, "multipart/form-data": {"schema": _FORM}},
    }
}
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The avatar.",
        "content": {MEDIA_TYPE: {"schema": _FILE}},
        "headers": {
            FACES: {"description": "Number of faces in the picture.", "schema": {"type": "integer"}},
            WARNING: {"description": "What could make the avatar look bad.", "schema": {"type": "string"}},
        },
    },
    **error_responses(408, 413, 501, 503),
    400: {"model": ErrorBody, "description": "The picture is damaged or cut off (`bad_picture`)."},
    415: {
        "model": ErrorBody,
        "description": "The body is not a picture, or its format is not supported (`unsupported_picture`).",
    },
    422: {"model": ErrorBody, "description": "No face was found (`no_face`), or a parameter is wrong (`bad_message`)."},
}
