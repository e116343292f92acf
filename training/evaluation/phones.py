"""Classes of phones, in ARPAbet without stress, and operations on sequences of phones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from training.phones import SILENCE, Phone

BILABIAL, LABIODENTAL = frozenset({"P", "B", "M"}), frozenset({"F", "V"})
OPEN = frozenset({"AA", "AE", "AY", "AW", "AO"})
VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])
ROUND = frozenset(["UW", "OW", "W", "UH", "OY", "AO", "SH", "CH", "ZH", "JH"])
SPREAD = frozenset({"IY", "EY", "IH", "S", "Z"})
SHUTTING = BILABIAL | LABIODENTAL | {SILENCE}
"""Next to these phones a low aperture is not an error."""
PHONES = (VOWELS | ROUND | SPREAD | SHUTTING) | frozenset(
    ["T", "D", "K", "G", "TH", "DH", "HH", "N", "NG", "L", "R", "Y", "DX", "AX"]
)


def consecutive(ends: Iterable[tuple[str, float]]) -> tuple[Phone, ...]:
    """Converts (phone, end in seconds) to consecutive phones from 0 s on."""
    out, start = [], 0.0
    for phone, end in ends:
        out.append(Phone(phone, start, end))
        start = end
    return tuple(out)


def with_silence(phones: Iterable[Phone]) -> Iterable[Phone]:
    """Yields the phones, with silence in the gaps between them."""
    end = 0.0
    for one in phones:
        if one.start > end + 1e-3:
            yield Phone(SILENCE, end, one.start)
        yield one
        end = one.end


def with_final_silence(phones: Sequence[Phone], seconds: float) -> list[Phone]:
    """Returns the phones, followed by silence up to `seconds`."""
    end = phones[-1].end if phones else 0.0
    return [*phones, Phone(SILENCE, end, max(end, seconds))]
