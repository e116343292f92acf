"""Text-to-speech: text or SSML in; audio, visemes and words out, from Azure or a local voice."""
