"""The emulator's voices: some of Azure's names."""

from __future__ import annotations

from typing import Any

_NAMES = """
ar-SA-ZariyahNeural F, bg-BG-KalinaNeural F, ca-ES-JoanaNeural F, cs-CZ-VlastaNeural F, da-DK-ChristelNeural F,
de-DE-KatjaNeural F, de-DE-ConradNeural M, de-AT-IngridNeural F, el-GR-AthinaNeural F,
en-US-AvaNeural F, en-US-AndrewNeural M, en-US-EmmaNeural F, en-US-BrianNeural M, en-US-JennyNeural F,
en-US-GuyNeural M, en-US-AriaNeural F, en-US-AvaMultilingualNeural F, en-GB-SoniaNeural F, en-GB-RyanNeural M,
en-AU-NatashaNeural F, en-IN-NeerjaNeural F, es-ES-ElviraNeural F, es-MX-DaliaNeural F, fi-FI-NooraNeural F,
fr-FR-DeniseNeural F, fr-FR-HenriNeural M, fr-CA-SylvieNeural F, he-IL-HilaNeural F, hi-IN-SwaraNeural F,
hu-HU-NoemiNeural F, id-ID-GadisNeural F, it-IT-ElsaNeural F, it-IT-DiegoNeural M, ja-JP-NanamiNeural F,
ko-KR-SunHiNeural F, nb-NO-PernilleNeural F, nl-NL-FennaNeural F, pl-PL-ZofiaNeural F, pt-BR-FranciscaNeural F,
pt-PT-RaquelNeural F, ro-RO-AlinaNeural F, ru-RU-SvetlanaNeural F, sv-SE-SofieNeural F, th-TH-PremwadeeNeural F,
tr-TR-EmelNeural F, uk-UA-PolinaNeural F, vi-VN-HoaiMyNeural F, zh-CN-XiaoxiaoNeural F, zh-CN-YunxiNeural M
"""
GENDERS = dict(entry.split() for entry in _NAMES.split(","))
"""Name → F or M."""


def locale(name: str) -> str:
    """Returns `en-US` for `en-US-AvaNeural`."""
    return "-".join(name.split("-")[:2])


def first_of(language: str) -> str:
    """Returns the first voice of a locale, `en-US-AvaNeural` if there is none."""
    return next((name for name in GENDERS if locale(name) == language), "en-US-AvaNeural")


def listing() -> list[dict[str, Any]]:
    """Returns the body of `voices/list`."""
    return [_entry(name, "Female" if gender == "F" else "Male") for name, gender in GENDERS.items()]


def _entry(name: str, gender: str) -> dict[str, Any]:
    person = name.split("-")[2].removesuffix("Neural")
    return {
        "Name": f"Microsoft Server Speech Text to Speech Voice ({locale(name)}, {name.split('-')[2]})",
        "DisplayName": person,
        "LocalName": person,
        "ShortName": name,
        "Gender": gender,
        "Locale": locale(name),
        "LocaleName": locale(name),
        "SampleRateHertz": "48000",
        "VoiceType": "Neural",
        "Status": "GA",
        "WordsPerMinute": "150",
    }
