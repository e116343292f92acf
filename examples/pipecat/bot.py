"""A voice bot with a face. Its services are those of OpenAI, or others with the same API (OPENAI_BASE_URL)."""

import argparse
import os
from pathlib import Path

import uvicorn
from face import FaceProcessor
from fastapi import BackgroundTasks, FastAPI
from fastapi.staticfiles import StaticFiles
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.openai.stt import OpenAISTTService
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.request_handler import SmallWebRTCRequest, SmallWebRTCRequestHandler
from pipecat.transports.smallwebrtc.transport import SmallWebRTCTransport
from pipecat.workers.runner import WorkerRunner

from a2f_server.client import AsyncClient

URL = os.environ.get("OPENAI_BASE_URL")
HERE = Path(__file__).parent
app = FastAPI()
connections = SmallWebRTCRequestHandler()


async def run_bot(connection: SmallWebRTCConnection) -> None:
    transport = SmallWebRTCTransport(connection, TransportParams(audio_in_enabled=True, audio_out_enabled=True))
    context = LLMContext([{"role": "system", "content": "You are a friendly head. Answer in one or two sentences."}])
    params = LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    aggregators = LLMContextAggregatorPair(context, user_params=params)
    async with AsyncClient("http://127.0.0.1:8000") as client:
        services = [
            OpenAISTTService(base_url=URL),
            aggregators.user(),
            OpenAILLMService(base_url=URL),
            OpenAITTSService(base_url=URL),
            FaceProcessor(client),
        ]
        worker = PipelineWorker(
            Pipeline([transport.input(), *services, transport.output(), aggregators.assistant()]), enable_rtvi=False
        )

        @transport.event_handler("on_client_connected")
        async def greet(*_) -> None:
            await worker.queue_frame(TTSSpeakFrame("Hello! Ask me something."))

        @transport.event_handler("on_client_disconnected")
        async def stop(*_) -> None:
            await worker.cancel()

        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        await runner.run()


@app.post("/api/offer")
async def offer(request: SmallWebRTCRequest, tasks: BackgroundTasks):
    async def connected(connection: SmallWebRTCConnection) -> None:
        tasks.add_task(run_bot, connection)

    return await connections.handle_web_request(request, connected)


app.mount("/three", StaticFiles(directory=HERE.parent / "three"))
app.mount("/", StaticFiles(directory=HERE, html=True))

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=7860)
    uvicorn.run(app, host="127.0.0.1", port=parser.parse_args().port)
