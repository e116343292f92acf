"""Azure Speech, or a container or emulator that talks as it does."""

from a2f_server.tts.azure.voice import AzureVoice

__all__ = ["AzureVoice"]
