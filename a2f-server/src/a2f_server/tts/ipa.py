"""IPA, as espeak-ng writes the sounds of its languages → Azure's viseme ids (docs/speech.md has their table)."""

from __future__ import annotations

import unicodedata
from functools import cache

SILENCE = 0

LETTERS: dict[str, int] = {
    # What Azure lists; ɐ ɘ ɞ ɤ are the near ones, ᵻ is espeak-ng's weak i.
    **dict.fromkeys(("æ", "ə", "ʌ", "ɐ", "ɘ", "ɜ", "ɤ"), 1),
    **dict.fromkeys(("ɑ", "a", "ɶ"), 2),
    **dict.fromkeys(("ɔ", "ɒ", "œ", "ɞ"), 3),
    **dict.fromkeys(("ɛ", "ε", "e", "ʊ"), 4),
    **dict.fromkeys(("ɝ", "ɚ"), 5),
    **dict.fromkeys(("j", "i", "ɪ", "ᵻ", "ɨ", "ɯ", "ı", "ç", "ʝ"), 6),
    # Of the front rounded vowels the lips are what is seen: y is a u, ø an o, œ an ɔ.
    **dict.fromkeys(("w", "ʍ", "u", "ʉ", "y", "ʏ", "ɥ"), 7),
    **dict.fromkeys(("o", "ø", "ɵ"), 8),
    # Made behind the tongue, with a mouth that is already the next vowel's.
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
"""What is said in one, or is not what its letters say. Some languages spell with a plain h, or a dot for retroflex."""

_LONGEST = max(map(len, GROUPS))
STOPS = frozenset("pbtkcqʈ")
"""They begin with a closure that is (next to) silent. Other voiced stops hum through theirs."""


@cache
def faces(name: str) -> tuple[int, ...]:
    """The viseme ids of one sound of espeak-ng's, in turn; () for what has no face of its own, such as tones."""
    text = "".join(filter(_matters, unicodedata.normalize("NFC", name)))
    out: list[int] = []
    while text:
        taken = next((n for n in range(min(_LONGEST, len(text)), 1, -1) if text[:n] in GROUPS), 1)
        out += GROUPS[text[:taken]] if taken > 1 else _face(text[0])
        text = text[taken:]
    return tuple(face for i, face in enumerate(out) if not i or face != out[i - 1])


def shuts(name: str) -> bool:
    """Whether it begins with a closure before its sound."""
    return next(filter(_letter, name), "") in STOPS


def _matters(sign: str) -> bool:
    return sign in ".ː" or _letter(sign)


def _letter(sign: str) -> bool:
    return unicodedata.category(sign) in ("Ll", "Lu", "Lo")


def _face(sign: str) -> tuple[int, ...]:
    plain = unicodedata.normalize("NFD", sign)[0]
    for letter in (sign, plain, plain.casefold()):
        if letter in LETTERS:
            return (LETTERS[letter],)
    return ()
