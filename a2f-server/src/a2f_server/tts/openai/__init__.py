"""Services with the text-to-speech API of OpenAI: `POST {url}/audio/speech`, whose answer is the audio."""
