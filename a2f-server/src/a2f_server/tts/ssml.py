"""SSML: what a client may send, and what Azure is sent.

Schema: W3C SSML 1.0 with Microsoft's `mstts` elements.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Writer

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from a2f_server.errors import BadMessage
from a2f_server.tts.contract import SpeechRequest

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SYNTHESIS = "http://www.w3.org/2001/10/synthesis"
MSTTS = "https://www.w3.org/2001/mstts"
_MSTTS_PLAIN = "http://www.w3.org/2001/mstts"
"""How some of Microsoft's own examples spell it."""
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

MOST_DEPTH = 32
VOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:+,()-]{0,99}")
FETCHING = {"src", "uri", "url", "href", "schemalocation"}
"""Attributes that make a synthesiser fetch something: a stranger must not choose what our Azure account fetches."""
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

Writer.register_namespace("", SYNTHESIS)
Writer.register_namespace("mstts", MSTTS)


def check(request: SpeechRequest, most: int) -> None:
    """Raises BadMessage for a request that is neither a text nor an SSML of at most `most` characters, or that a
    synthesiser should not see."""
    words = request.text if request.ssml is None else request.ssml
    if (request.text is None) == (request.ssml is None) or words is None:
        raise BadMessage("speak wants either text or ssml")
    if not words.strip():
        raise BadMessage("there is nothing to speak: the text is empty")
    if len(words) > most:
        raise BadMessage(f"{len(words)} characters are more than the {most} of one speak: cut them into sentences")
    if NOT_XML.search(words):
        raise BadMessage("the text holds control characters, which cannot be spoken")
    if request.voice is not None and not VOICE_NAME.fullmatch(request.voice):
        raise BadMessage("voice: that is no voice's name; GET /v1/voices lists them")
    if request.ssml is not None:
        parse(request.ssml)


def parse(ssml: str) -> Element:
    """The document's root. Raises BadMessage for what is no SSML, or brings a DTD, entities or addresses to fetch."""
    root = _tree(ssml)
    if root.tag not in ("speak", f"{{{SYNTHESIS}}}speak"):
        raise BadMessage("ssml: the document's root must be <speak>")
    _check_depth(root)
    for element in root.iter():
        _check_element(element)
    return root


def _tree(ssml: str) -> Element:
    try:
        tree: Element = fromstring(ssml, forbid_dtd=True)
    except DefusedXmlException:
        raise BadMessage("ssml: a DTD or entities are not taken; write the characters themselves") from None
    except ParseError as error:
        line, column = error.position
        reason = "use &lt; and &amp; for < and &, and declare the prefixes, such as xmlns:mstts"
        raise BadMessage(f"ssml: not well-formed at line {line}, column {column}: {reason}") from None
    except ValueError:
        raise BadMessage("ssml: an encoding other than UTF-8 cannot be declared") from None
    return tree


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(MOST_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    raise BadMessage(f"ssml: elements lie more than {MOST_DEPTH} deep")


def _check_element(element: Element) -> None:
    if _local(element.tag) == "audio":
        raise BadMessage("ssml: <audio> is not taken: this server fetches nothing for a client")
    for name in element.attrib:
        if _local(name).lower() in FETCHING:
            raise BadMessage(f"ssml: the attribute {_local(name)[:20]} is not taken: this server fetches nothing")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def prepare(request: SpeechRequest, voice: str) -> str:
    """What Azure is sent: the text escaped, or the client's SSML, in `voice` where it names none."""
    if request.ssml is None:
        speak = Writer.Element(f"{{{SYNTHESIS}}}speak")
        Writer.SubElement(speak, f"{{{SYNTHESIS}}}voice", name=voice).text = request.text
    else:
        speak = _qualified(parse(request.ssml))
        _with_voice(speak, voice)
    speak.set("version", "1.0")
    speak.attrib.setdefault(_LANG, locale(voice))
    if request.animation:
        _ask_for_animation(speak)
    return Writer.tostring(speak, encoding="unicode")


def locale(voice: str) -> str:
    """`de-DE` of `de-DE-KatjaNeural`; en-US where a name does not say."""
    found = re.match(r"[a-z]{2,3}-(?:[A-Z][a-z]{3}-)?[A-Z]{2}(?:-[a-z]+)?(?=-|$)", voice)
    return found[0] if found else "en-US"


def _qualified(root: Element) -> Element:
    """SSML without its namespace is what many people write."""
    for element in root.iter():
        if "}" not in element.tag:
            element.tag = f"{{{SYNTHESIS}}}{element.tag}"
        element.tag = element.tag.replace(f"{{{_MSTTS_PLAIN}}}", f"{{{MSTTS}}}")
    return root


def _with_voice(speak: Element, voice: str) -> None:
    """Azure speaks only what lies in a <voice>."""
    if speak.find(f".//{{{SYNTHESIS}}}voice") is not None:
        return
    inside = Writer.Element(f"{{{SYNTHESIS}}}voice", name=voice)
    inside.text, speak.text = speak.text, None
    inside.extend(list(speak))
    for child in list(speak):
        speak.remove(child)
    speak.append(inside)


def _ask_for_animation(speak: Element) -> None:
    for voice in speak.iter(f"{{{SYNTHESIS}}}voice"):
        if voice.find(f"{{{MSTTS}}}viseme") is None:
            asked = Writer.Element(f"{{{MSTTS}}}viseme", type="FacialExpression")
            asked.tail, voice.text = voice.text, None
            voice.insert(0, asked)
