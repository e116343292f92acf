"""A voice agent with a face. Its services are those of OpenAI, or others with the same API (OPENAI_BASE_URL)."""

from face import FaceOutput
from livekit.agents import Agent, AgentServer, AgentSession, JobContext, cli
from livekit.plugins import openai

from a2f_server.client import AsyncClient

server = AgentServer()


@server.rtc_session()
async def talk(job: JobContext) -> None:
    session = AgentSession(stt=openai.STT(), llm=openai.LLM(), tts=openai.TTS())
    client = AsyncClient("http://127.0.0.1:8000")
    job.add_shutdown_callback(client.close)
    await session.start(Agent(instructions="You are a friendly head. Answer in one or two sentences."), room=job.room)
    session.output.audio = FaceOutput(job.room, client, session.output.audio)
    await session.say("Hello! Ask me something.")


if __name__ == "__main__":
    cli.run_app(server)
