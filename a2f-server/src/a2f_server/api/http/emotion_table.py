"""`GET /v1/expressions`: what the ten emotions look like, for clients that put them on a face themselves."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from fastapi import APIRouter, Request
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from starlette.responses import Response

from a2f_server import arkit
from a2f_server.api.http.responses import JSON
from a2f_server.api.service import Service
from a2f_server.motion.emotion import APERTURE, OPENS, PARTED

PATH = "/v1/expressions"


class Expressions(BaseModel):
    """The table of expressions, and the rule that keeps closed lips closed (motion/emotion.py)."""

    emotions: list[str] = Field(description="the ten names, in the order in which expressions are added up")
    shapes: dict[str, dict[str, float]] = Field(description="what each emotion adds at 1.0: ARKit name to 0-1")
    opens: list[str] = Field(description="the shapes that part the lips")
    aperture: dict[str, float] = Field(description="the lips are apart by the sum of these shares, at least 0")
    parted: float = Field(description="an aperture below this scales what `opens` names by aperture / parted")


def routes(service: Service) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["status"])
    body = table(service.profiles.expressions).model_dump_json().encode()
    headers = {"ETag": f'"{sha256(body).hexdigest()[:16]}"', "Cache-Control": "no-cache"}

    @router.get(PATH, response_model=Expressions, responses={304: {"description": "unchanged"}})
    async def expressions(request: Request) -> Response:
        """What the ten emotions look like; the same for every profile. Revalidated by its ETag."""
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=JSON)

    return router


def table(expressions: NDArray[np.float32]) -> Expressions:
    """`[10, 52]` by name, without zeros, in the fewest digits that give the same float32."""
    return Expressions(
        emotions=list(arkit.EMOTIONS),
        shapes={
            emotion: {arkit.NAMES[i]: float(str(row[i])) for i in row.nonzero()[0]}
            for emotion, row in zip(arkit.EMOTIONS, expressions, strict=True)
        },
        opens=[name for name, opens in zip(arkit.NAMES, OPENS, strict=True) if opens],
        aperture=dict(APERTURE),
        parted=float(str(PARTED)),
    )
