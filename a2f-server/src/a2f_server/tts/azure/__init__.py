"""The Azure Speech service, or a container or emulator with the same protocol."""

from a2f_server.tts.azure.voice import AzureVoice

__all__ = ["AzureVoice"]
