"""Maps IPA, as espeak-ng writes it, to Azure's viseme ids (docs/speech.md has their table)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

SILENCE = 0

LETTERS: dict[str, int] = {
    # Azure's list; ɐ ɘ ɞ ɤ by similarity; ᵻ is espeak-ng's weak i.
    **dict.fromkeys(("æ", "ə", "ʌ", "ɐ", "ɘ", "ɜ", "ɤ"), 1),
    **dict.fromkeys(("ɑ", "a", "ɶ"), 2),
    **dict.fromkeys(("ɔ", "ɒ", "œ", "ɞ"), 3),
    **dict.fromkeys(("ɛ", "ε", "e", "ʊ"), 4),
    **dict.fromkeys(("ɝ", "ɚ"), 5),
    **dict.fromkeys(("j", "i", "ɪ", "ᵻ", "ɨ", "ɯ", "ı", "ç", "ʝ"), 6),
    # For front rounded vowels only the lips are visible: y as u, ø as o, œ as ɔ.
    **dict.fromkeys(("w", "ʍ", "u", "ʉ", "y", "ʏ", "ɥ"), 7),
    **dict.fromkeys(("o", "ø", "ɵ"), 8),
    # Articulated behind the tongue; the mouth already has the shape of the next vowel.
    **dict.fromkeys(("h", "ɦ", "ħ", "ʕ", "ʔ", "ʜ", "ʢ", "ʡ"), 12),
    **dict.fromkeys(("ɹ", "ɻ", "r"), 13),
    **dict.fromkeys(("l", "ɫ", "ɭ", "ɬ", "ɮ", "ʎ", "ʟ", "ɺ", "ǁ"), 14),
    **dict.fromkeys(("s", "z", "ʦ", "ʣ"), 15),
    **dict.fromkeys(("ʃ", "ʒ", "ɕ", "ʑ", "ʂ", "ʐ", "ʧ", "ʤ", "ʨ", "ʥ", "ɧ", "S", "Z"), 16),
    "ð": 17,
    **dict.fromkeys(("f", "v", "ɱ", "ʋ", "ⱱ", "ɸ", "β", "φ"), 18),
    **dict.fromkeys(("d", "t", "n", "θ", "ʈ", "ɖ", "ɗ", "ɳ", "ɲ", "ɾ", "ɽ", "ǀ", "ǃ", "ǂ"), 19),
    **dict.fromkeys(("k", "g", "ɡ", "ŋ", "ɴ", "N", "q", "ɢ", "ɠ", "ʛ", "c", "ɟ", "ʄ"), 20),
    **dict.fromkeys(("x", "χ", "X", "ɣ", "ɰ", "ʁ", "ʀ"), 20),
    **dict.fromkeys(("p", "b", "m", "ɓ", "ʙ", "ʘ"), 21),
}

GROUPS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("aʊ", "au", "ɑu", "ɑʊ", "æʊ", "aɯ", "aau"), (9,)),
    **dict.fromkeys(("ɔɪ", "ɔi", "ɔɨ", "ɔʏ", "ɔø", "ɔy", "oɪ", "oi"), (10,)),
    **dict.fromkeys(("aɪ", "ai", "ɑɪ", "aɨ", "ɑɨ", "aɛ", "æɪ", "ʌɪ", "aai"), (11,)),
    "ɜː": (5,),  # of bird; without the length it is the weak vowel of other languages
    **dict.fromkeys(("ts", "dz", "tsh", "hs"), (15,)),
    **dict.fromkeys(("tʃ", "dʒ", "tɕ", "dʑ", "tɕh", "ʈʂ", "ɖʐ", "s.", "z.", "ts.", "dz.", "ts.h"), (16,)),
    "pf": (21, 18),
    **dict.fromkeys(("th", "ht"), (19,)),
    **dict.fromkeys(("kh", "nɡ"), (20,)),
    "ph": (21,),
    **dict.fromkeys(("oe", "eoi"), (8,)),
}
"""Groups with a separate viseme. Some languages write aspiration as a plain h, and retroflexes with a dot."""

_LONGEST = max(map(len, GROUPS))
STOPS = frozenset("pbtkcqʈ")
"""Stops that begin with a (nearly) silent closure. Voiced stops hum through theirs."""


@cache
def viseme_ids(name: str) -> tuple[int, ...]:
    """Returns the viseme ids of one espeak-ng phoneme in order; () for those without a viseme, such as tones."""
    text = "".join(filter(_matters, unicodedata.normalize("NFC", name)))
    out: list[int] = []
    while text:
        taken = next((n for n in range(min(_LONGEST, len(text)), 1, -1) if text[:n] in GROUPS), 1)
        out += GROUPS[text[:taken]] if taken > 1 else _letter_viseme(text[0])
        text = text[taken:]
    return tuple(number for i, number in enumerate(out) if not i or number != out[i - 1])


def merged(visemes: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Returns (sample, viseme id, phonemes), the first at 0; consecutive ones with the same id become one."""
    out: list[tuple[int, int, str]] = []
    for at, number, phonemes in visemes:
        if out and out[-1][1] == number:
            out[-1] = (*out[-1][:2], out[-1][2] + phonemes)
        else:
            out.append((at if out else 0, number, phonemes))
    return out


def plain(name: str) -> str:
    """Returns a phoneme's letters and lengths, without tones, stress and espeak-ng's own signs."""
    return "".join(sign for sign in unicodedata.normalize("NFC", name) if sign == "ː" or _letter(sign))


def begins_closed(name: str) -> bool:
    """Returns whether the phoneme begins with a silent closure."""
    return next(filter(_letter, name), "") in STOPS


def _matters(sign: str) -> bool:
    return sign in ".ː" or _letter(sign)


def _letter(sign: str) -> bool:
    return unicodedata.category(sign) in ("Ll", "Lu", "Lo")


def _letter_viseme(sign: str) -> tuple[int, ...]:
    plain = unicodedata.normalize("NFD", sign)[0]
    for letter in (sign, plain, plain.casefold()):
        if letter in LETTERS:
            return (LETTERS[letter],)
    return ()
