"""Public references of inquiries, such as ``LJ-7K3F-9Q2X``: short, not in sequence, and safe to say on the phone.

Seven random characters (35 bit) and a check character, in Crockford's base 32, which has no I, L, O or U. A reference
names an inquiry and does not open it (D7): it has to be unlikely to be met by chance, not impossible to guess.

The check makes ``sum(character[i] * alpha ** (7 - i))`` equal ``alpha ** 8`` over GF(32), the field of x^5 + x^2 + 1
with alpha = x; it is not made zero, so that the first number anybody tries, 0000-0000, is none of ours.
The eight weights differ and none is zero, so one wrong character, two exchanged ones wherever they stand, and a doubled
character heard as another double are always noticed; any other mistake is with a probability of 31 in 32.
"""

import unicodedata
from functools import reduce
from typing import NewType

Reference = NewType("Reference", str)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES_NEEDED = 5
_RANDOM_LENGTH = 7
_LENGTH = 8
_LONGEST_TYPED = 100
_FIELD_POLYNOMIAL = 0b100101
_FIELD_SIZE = 32
_LOOKALIKES = str.maketrans("OIL", "011")


def make_reference(random_bytes: bytes, prefix: str = "LJ") -> Reference:
    """Return the reference for at least five random bytes; equal bytes give equal references."""
    if len(random_bytes) < RANDOM_BYTES_NEEDED:
        raise ValueError(f"A reference needs {RANDOM_BYTES_NEEDED} random bytes.")
    number = int.from_bytes(random_bytes[:RANDOM_BYTES_NEEDED], "big")
    characters = [ALPHABET[number >> 5 * place & 31] for place in range(_RANDOM_LENGTH)]
    return _written("".join(characters), prefix)


def read_reference(typed: str, prefix: str = "LJ") -> Reference | None:
    """Return the reference a person meant, or None when it is none or its check character is wrong.

    Lower case, full-width characters, spaces and punctuation anywhere, a missing prefix, O for 0, and I or L for 1 are
    all fine.
    """
    if len(typed) > _LONGEST_TYPED:
        return None
    bare = _bare(typed)
    if len(bare) != _LENGTH:
        bare = bare.removeprefix(_bare(prefix))
    if len(bare) != _LENGTH or not set(bare) <= set(ALPHABET):
        return None
    reference = _written(bare[:_RANDOM_LENGTH], prefix)
    return reference if reference.endswith(bare[-1]) else None


def _written(characters: str, prefix: str) -> Reference:
    checked = characters + _check_character(characters)
    return Reference(f"{prefix}-{checked[:4]}-{checked[4:]}")


def _check_character(characters: str) -> str:
    """Evaluate the sum by Horner's rule; what it lacks is the check character, because in GF(32) minus is plus."""
    total = reduce(lambda total, character: _times_alpha(total) ^ ALPHABET.index(character), characters, 1)
    return ALPHABET[_times_alpha(total)]


def _times_alpha(element: int) -> int:
    shifted = element << 1
    return shifted ^ _FIELD_POLYNOMIAL if shifted >= _FIELD_SIZE else shifted


def _bare(typed: str) -> str:
    """Return what was typed in upper case, without punctuation, spaces and invisible characters."""
    upper = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in upper if unicodedata.category(character)[0] in "LN").translate(
        _LOOKALIKES
    )
