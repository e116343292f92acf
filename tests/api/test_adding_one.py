"""A new endpoint is one new file and one line in `ENDPOINTS`."""

from __future__ import annotations

import pytest
from fastapi import APIRouter
from pydantic import SecretStr

from a2f_server.api import app
from a2f_server.api.service import Service
from tests.support.running import run_server


def toy_endpoint(service: Service) -> APIRouter:
    """The complete file of a new endpoint."""
    router = APIRouter(tags=["toy"])

    @router.get("/v1/toy")
    async def toy() -> dict[str, object]:
        """Returns the backend's name."""
        return {"backend": service.backend.name}

    return router


def test_one_file_and_one_line_add_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "ENDPOINTS", (*app.ENDPOINTS, toy_endpoint))
    with run_server(api_key=SecretStr("a key that is long enough")) as server, server.http() as http:
        assert http.get("/v1/toy").status_code == 401, "authentication covers every endpoint"
        answer = http.get("/v1/toy", headers={"Authorization": "Bearer a key that is long enough"})
        assert answer.json() == {"backend": server.service.backend.name}
        assert "/v1/toy" in http.get("/openapi.json", headers=dict(answer.request.headers)).json()["paths"]
