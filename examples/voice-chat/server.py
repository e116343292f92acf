"""Serves the page, and passes its requests on, with the key: to OpenAI, or to others with its API (OPENAI_BASE_URL)."""

import argparse
import os
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

HERE = Path(__file__).parent
URL = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")
KEY = os.environ.get("OPENAI_API_KEY", "")
PATHS = {"audio/transcriptions", "chat/completions", "audio/speech"}

app = FastAPI()
client = httpx.AsyncClient(timeout=60)


@app.post("/v1/{path:path}")
async def forward(path: str, request: Request) -> StreamingResponse:
    """Passes a request on, and its answer back while it arrives."""
    if path not in PATHS:
        return StreamingResponse(iter([b"not found"]), 404)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": request.headers["content-type"]}
    asked = client.build_request("POST", f"{URL}/{path}", content=await request.body(), headers=headers)
    answer = await client.send(asked, stream=True)
    media_type = answer.headers.get("content-type")
    done = BackgroundTask(answer.aclose)
    return StreamingResponse(answer.aiter_bytes(), answer.status_code, media_type=media_type, background=done)


app.mount("/three", StaticFiles(directory=HERE.parent / "three"))
app.mount("/", StaticFiles(directory=HERE, html=True))

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8080)
    uvicorn.run(app, host="127.0.0.1", port=parser.parse_args().port)
