"""Validates clients' text and SSML, and builds the SSML that is sent to Azure.

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
"""The spelling in some of Microsoft's examples."""
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

MOST_DEPTH = 32
VOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:+,()-]{0,99}")
FETCHING = {"src", "uri", "url", "href", "schemalocation"}
"""Attributes that make a synthesiser fetch a URL: clients must not choose what our Azure account fetches."""
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

Writer.register_namespace("", SYNTHESIS)
Writer.register_namespace("mstts", MSTTS)


def check(request: SpeechRequest, most: int) -> None:
    """Raises BadMessage unless the request is a text or an SSML document of at most `most` characters that is safe to
    pass to a synthesiser."""
    words = request.text if request.ssml is None else request.ssml
    if (request.text is None) == (request.ssml is None) or words is None:
        raise BadMessage("speak needs either text or ssml")
    if not words.strip():
        raise BadMessage("the text is empty: there is nothing to speak")
    if len(words) > most:
        raise BadMessage(f"the text has {len(words)} characters, the limit is {most}: split it into sentences")
    if NOT_XML.search(words):
        raise BadMessage("the text contains control characters, which cannot be spoken")
    if request.voice is not None and not VOICE_NAME.fullmatch(request.voice):
        raise BadMessage("voice: this is not the name of a voice; GET /v1/voices lists them")
    if request.ssml is not None:
        parse(request.ssml)


def parse(ssml: str) -> Element:
    """Returns the root element. Raises BadMessage for invalid SSML, and for a DTD, entities or URLs to fetch."""
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
        raise BadMessage("ssml: a DTD and entities are not allowed; write the characters themselves") from None
    except ParseError as error:
        line, column = error.position
        reason = "use &lt; and &amp; for < and &, and declare the prefixes, such as xmlns:mstts"
        raise BadMessage(f"ssml: not well-formed at line {line}, column {column}: {reason}") from None
    except ValueError:
        raise BadMessage("ssml: the declared encoding must be UTF-8") from None
    return tree


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(MOST_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    raise BadMessage(f"ssml: elements are nested more than {MOST_DEPTH} deep")


def _check_element(element: Element) -> None:
    if _local(element.tag) == "audio":
        raise BadMessage("ssml: <audio> is not allowed: this server does not fetch URLs for clients")
    for name in element.attrib:
        if _local(name).lower() in FETCHING:
            raise BadMessage(f"ssml: the attribute {_local(name)[:20]} is not allowed: this server does not fetch URLs")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def prepare(request: SpeechRequest, voice: str) -> str:
    """Returns the SSML for Azure: the escaped text, or the client's SSML, with `voice` added if it names none."""
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
    """Returns `de-DE` for `de-DE-KatjaNeural`, and en-US for a name without a locale."""
    found = re.match(r"[a-z]{2,3}-(?:[A-Z][a-z]{3}-)?[A-Z]{2}(?:-[a-z]+)?(?=-|$)", voice)
    return found[0] if found else "en-US"


def _qualified(root: Element) -> Element:
    """Adds SSML's namespace, which many documents lack."""
    for element in root.iter():
        if "}" not in element.tag:
            element.tag = f"{{{SYNTHESIS}}}{element.tag}"
        element.tag = element.tag.replace(f"{{{_MSTTS_PLAIN}}}", f"{{{MSTTS}}}")
    return root


def _with_voice(speak: Element, voice: str) -> None:
    """Wraps the content in a <voice>: Azure does not speak anything outside of one."""
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
