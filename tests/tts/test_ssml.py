"""Validation of SSML, and the SSML for Azure."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2f_server.errors import BadMessage
from a2f_server.tts.contract import SpeechRequest
from a2f_server.tts.ssml import MSTTS, NOT_XML, SYNTHESIS, check, locale, parse, prepare

VOICE = "de-DE-KatjaNeural"
SPEAK, SAYS, ASKED = f"{{{SYNTHESIS}}}speak", f"{{{SYNTHESIS}}}voice", f"{{{MSTTS}}}viseme"


def sent(request: SpeechRequest, voice: str = VOICE) -> ElementTree.Element:
    return ElementTree.fromstring(prepare(request, voice))


@given(st.text(min_size=1).filter(lambda text: not NOT_XML.search(text)))
def test_text_is_escaped(text: str) -> None:
    root = sent(SpeechRequest(text))
    assert (root.tag, root[0].tag, root[0].get("name")) == (SPEAK, SAYS, VOICE)
    assert (root[0].text or "") == text.replace("\r\n", "\n").replace("\r", "\n")
    assert len(root) == 1
    assert not len(root[0])


def test_the_locale_is_the_voices() -> None:
    root = sent(SpeechRequest("a"))
    assert root.get("version") == "1.0"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "de-DE"


@pytest.mark.parametrize(
    ("voice", "expected"),
    [
        ("de-DE-KatjaNeural", "de-DE"),
        ("sr-Latn-RS-NicholasNeural", "sr-Latn-RS"),
        ("zh-CN-liaoning-XiaobeiNeural", "zh-CN-liaoning"),
        ("fr-FR", "fr-FR"),
        ("Somebody", "en-US"),
    ],
)
def test_locales(voice: str, expected: str) -> None:
    assert locale(voice) == expected


def test_ssml_without_a_voice_gets_one() -> None:
    root = sent(SpeechRequest(ssml="<speak>Hi <break time='1s'/> there<p>x</p> tail</speak>"))
    (voice,) = root
    assert (voice.tag, voice.get("name"), voice.text) == (SAYS, VOICE, "Hi ")
    assert "".join(voice.itertext()) == "Hi  therex tail"


def test_the_clients_voice_is_kept() -> None:
    root = sent(SpeechRequest(ssml=f"<speak xmlns='{SYNTHESIS}' xml:lang='fr-FR'><voice name='v'>a</voice></speak>"))
    assert [voice.get("name") for voice in root] == ["v"]
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr-FR"


@pytest.mark.parametrize("spelt", [MSTTS, "http://www.w3.org/2001/mstts"])
def test_animation_is_requested_once_per_voice(spelt: str) -> None:
    own = "<mstts:viseme type='FacialExpression'/>"
    voices = f"<voice name='v'>a</voice><voice name='w'>{own}b</voice>"
    ssml = f"<speak xmlns='{SYNTHESIS}' xmlns:mstts='{spelt}'>{voices}</speak>"
    for request in (SpeechRequest(ssml=ssml, animation=True), SpeechRequest("text", animation=True)):
        for voice in sent(request):
            (asked,) = voice
            assert (asked.tag, asked.get("type")) == (ASKED, "FacialExpression")
    assert not sent(SpeechRequest("text"))[0].findall(ASKED)


@pytest.mark.parametrize(
    ("ssml", "words"),
    [
        ("<speak>", "not well-formed at line 1"),
        ("plain", "not well-formed"),
        ("<speak>a & b</speak>", "&amp;"),
        ("<speak>&nbsp;</speak>", "not well-formed"),
        ("<speak><mstts:x/></speak>", "prefixes"),
        ("<!DOCTYPE speak><speak/>", "DTD"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><speak>&b;</speak>", "DTD"),
        ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><speak/>", "DTD"),
        ("<html/>", "root"),
        ("<speak><audio src='x'/></speak>", "audio"),
        ("<speak><audio/></speak>", "audio"),
        (f"<speak xmlns='{SYNTHESIS}'><voice name='v'><audio src='x'/></voice></speak>", "audio"),
        ("<speak><lexicon uri='x'/></speak>", "uri"),
        (f"<speak xmlns:m='{MSTTS}'><m:backgroundaudio src='x'/></speak>", "src"),
        (f"<speak xmlns:m='{MSTTS}'><m:voiceconversion url='x'/></speak>", "url"),
        ("<speak xmlns:x='y' x:schemaLocation='z'/>", "schemaLocation"),
        ("<speak>" + "<p>" * 40 + "</p>" * 40 + "</speak>", "deep"),
    ],
)
def test_invalid_and_unsafe_ssml_is_refused(ssml: str, words: str) -> None:
    with pytest.raises(BadMessage, match=words):
        parse(ssml)


@pytest.mark.parametrize("text", ["a\x00", "\x1b[0m", "\ud800", "\uffff"])
def test_characters_that_xml_forbids_are_refused(text: str) -> None:
    with pytest.raises(BadMessage, match="control"):
        check(SpeechRequest(text), 100)


def test_limits_count_characters() -> None:
    check(SpeechRequest("ä" * 100), 100)
    with pytest.raises(BadMessage, match="101"):
        check(SpeechRequest("ä" * 101), 100)
    with pytest.raises(BadMessage, match="101"):
        check(SpeechRequest(ssml=" " * 101 + "x"), 101)
