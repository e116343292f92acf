"""SSML becomes texts of one style each."""

from __future__ import annotations

from a2f_server.tts import markup
from a2f_server.tts.markup import Pause, StyledText

SPEAK = '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">%s</speak>'


def test_ssml_parts() -> None:
    def parts(inside: str) -> list[StyledText | Pause]:
        return markup.parts(SPEAK.replace("speak ", 'speak xmlns:mstts="https://www.w3.org/2001/mstts" ', 1) % inside)

    mixed = parts(
        'a <mstts:express-as style="sad">b</mstts:express-as> <p>c</p><break strength="weak"/><break time="99s"/>d'
    )
    assert [p.text if isinstance(p, StyledText) else p.seconds for p in mixed] == ["a b c\n\n", 0.5, 20.0, "d"]
    pitch = parts('<prosody pitch="+12st" rate="0.5" volume="nonsense">a</prosody>')[0]
    assert isinstance(pitch, StyledText)
    assert (pitch.style.pitch, pitch.style.rate, pitch.style.volume) == (2.0, 0.5, 1.0)
