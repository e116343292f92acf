"""Lists espeak-ng's voices and resolves names: its own, locales, and the names of Azure's voices."""

from __future__ import annotations

import re
from typing import Any

from a2f_server.errors import BadMessage
from a2f_server.tts.contract import VoiceInfo

_AZURE = re.compile(r"([a-z]{2,3})(?:-[a-z]{4})?-([a-z]{2}|\d{3})(?:-[\w:.-]+)?", re.IGNORECASE | re.ASCII)
"""fr-FR, de-DE-KatjaNeural, sr-Latn-RS, zh-CN-liaoning-XiaobeiNeural, en-US-Ava:DragonHDLatestNeural."""
_OTHERS = {"zh-hk": "yue", "no": "nb", "zh": "cmn"}
_LOCALES = {
    **{"cmn": "zh-CN", "cmn-latn-pinyin": "zh-CN", "yue": "zh-HK"},
    **{"ca-ba": "ca", "ca-nw": "ca", "ca-va": "ca", "ru-cl": "ru"},
}
_GENDERS = {1: "male", 2: "female"}


class VoiceNames:
    """Built from the library's lists: voices `[name, [[priority, language]…], identifier, gender]`, and variants."""

    def __init__(self, voices: list[Any], variants: list[str]) -> None:
        self._languages: dict[str, tuple[int, str]] = {}
        self._own: dict[str, str] = {}
        self._variants = {variant.lower(): variant for variant in variants}
        self.infos: list[VoiceInfo] = []
        for name, languages, identifier, gender in voices:
            self._add(name, languages, identifier, gender)

    def _add(self, name: str, languages: list[tuple[int, str]], identifier: str, gender: int) -> None:
        short = identifier.rpartition("/")[2].lower()
        code = languages[0][1].lower()
        taken = any(info.name == code for info in self.infos)
        self.infos.append(VoiceInfo(short if taken else code, _locale(code), _GENDERS.get(gender, ""), name.strip()))
        for key in (code, short, name.strip().lower(), identifier.lower()):
            self._own.setdefault(key, identifier)
        for priority, language in languages:
            known = self._languages.get(language.lower())
            if not known or priority < known[0]:  # the lowest number is the language's default voice
                self._languages[language.lower()] = (priority, identifier)

    def resolve(self, name: str) -> str:
        """Returns espeak-ng's identifier, with its +variant. Raises BadMessage for an unknown voice."""
        base, plus, variant = name.strip().partition("+")
        identifier = self._find(base.lower())
        if identifier is None or (plus and variant.lower() not in self._variants):
            raise BadMessage(
                f"voice: the local voice espeak-ng has no {name[:60]!r}: ask for a language such as en-us or de, "
                "a locale such as fr-FR, or the name of an Azure voice, to speak its language"
            )
        return f"{identifier}+{self._variants[variant.lower()]}" if plus else identifier

    def _find(self, name: str) -> str | None:
        if name in self._own:
            return self._own[name]
        found = _AZURE.fullmatch(name)
        language, region = found.groups() if found else (name, "")
        for key in (f"{language}-{region}", language):
            key = _OTHERS.get(key, key)  # noqa: PLW2901
            if key in self._languages:
                return self._languages[key][1]
        return None


def _locale(code: str) -> str:
    """Returns en-GB for en-gb-x-rp."""
    if code in _LOCALES:
        return _LOCALES[code]
    language, *rest = code.split("-x-", maxsplit=1)[0].split("-")
    region = [part.upper() for part in rest if re.fullmatch(r"[a-z]{2}|\d{3}", part)]
    return "-".join([language, *region[:1]])
