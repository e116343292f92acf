"""`GET /v1/expressions`: the blendshapes of each emotion, for clients that apply emotions themselves."""

from __future__ import annotations

from hashlib import sha256

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from a2f_server import arkit
from a2f_server.api.http.responses import JSON
from a2f_server.api.service import Service
from a2f_server.arrays import Float32Array
from a2f_server.motion.emotion import APERTURE, OPENS, PARTED

PATH = "/v1/expressions"


class EmotionTable(BaseModel):
    """The blendshapes of each emotion, and the rule that keeps closed lips closed (motion/emotion.py)."""

    emotions: list[str] = Field(description="The ten names, in the order in which their shapes are added up.")
    shapes: dict[str, dict[str, float]] = Field(
        description="The shapes that each emotion adds at 1.0: ARKit name to 0-1."
    )
    opens: list[str] = Field(description="The shapes that part the lips.")
    aperture: dict[str, float] = Field(
        description="The aperture of the lips is the sum of these shapes times these factors, at least 0."
    )
    parted: float = Field(description="Below this aperture the shapes in `opens` are scaled by aperture / parted.")


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["status"])
    body = table(service.profiles.expressions).model_dump_json().encode()
    headers = {"ETag": f'"{sha256(body).hexdigest()[:16]}"', "Cache-Control": "no-cache"}

    unchanged: dict[int | str, dict[str, object]] = {304: {"description": "The client has this version."}}

    @router.get(PATH, summary="Blendshapes of the emotions", response_model=EmotionTable, responses=unchanged)
    async def expressions(request: Request) -> Response:
        """Returns the blendshapes of the ten emotions; the same for every profile. Revalidated by its ETag."""
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=JSON)

    return router


def table(expressions: Float32Array) -> EmotionTable:
    """Returns `[10, 52]` by name, without zeros, in the fewest digits that give the same float32."""
    return EmotionTable(
        emotions=list(arkit.EMOTIONS),
        shapes={
            emotion: {arkit.NAMES[i]: float(str(row[i])) for i in row.nonzero()[0]}
            for emotion, row in zip(arkit.EMOTIONS, expressions, strict=True)
        },
        opens=[name for name, opens in zip(arkit.NAMES, OPENS, strict=True) if opens],
        aperture=dict(APERTURE),
        parted=float(str(PARTED)),
    )
