r"""From the bytes of a text to its characters, also where the label is wrong or absent.

What comes out can be stored and shown anywhere: line ends are ``\n``, and there are no lone surrogates and no control
characters but ``\n`` and ``\t``. Keeps out: where a label stands (``part``, ``header``, and ``mail`` for HTML).
"""

import re
from codecs import getincrementaldecoder
from encodings.aliases import aliases
from itertools import pairwise

# More of a text would hardly change the guess and only cost time.
_GUESSED_FROM_BYTES = 4096
_GUESSED_FROM_CHARACTERS = 4000

# One damaged character in nine is still a damaged text of the declared charset; more is a wrong label.
_SOUND_PER_DAMAGED = 8

# Mail names the smaller set and holds the larger one that contains it: GBK is labelled gb2312, Windows-1252 latin-1.
_LARGER = {
    "ascii": "",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "tis_620": "cp874",
    "iso2022_jp": "iso2022_jp_ext",
    "iso2022_jp_1": "iso2022_jp_ext",
    "utf_16": "utf_16_le",
    "utf_32": "utf_32_le",
}

# Names of real mail that Python does not know.
_FURTHER_NAMES = {
    "cp_936": "gbk",
    "windows_936": "gbk",
    "euc_tw": "big5",
    "windows_949": "cp949",
    "sjis": "cp932",
    "windows_874": "cp874",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_11": "cp874",
    "unicode_1_1_utf_7": "utf_7",
    "utf8mb4": "utf_8",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
} | {name: name for name in ("cp874", "cp720", "cp737", "cp856", "cp1006", "koi8_u", "koi8_t", "utf_8_sig")}

# These are no charsets of texts; some of them take time that grows with the square of the size.
_NO_CHARSETS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "rot_13"} | {
    f"{name}_codec" for name in ("base64", "bz2", "hex", "quopri", "uu", "zlib")
}
_CODECS = {name: codec for name, codec in (aliases | _FURTHER_NAMES).items() if codec not in _NO_CHARSETS}
_CODECS |= {codec: codec for codec in _CODECS.values()}

# Bytes below 128 mean something else in these, so plain ASCII bytes are not yet plain text.
_NOT_OVER_ASCII = {name for name in _CODECS.values() if name.startswith(("iso2022", "utf_16", "utf_32"))} | {
    "utf_7",
    "hz",
}
_JAPANESE = "iso2022_jp_ext"

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

# The blocks of 64 characters that the letters of one text come from: Latin with accents, Greek, Cyrillic, Armenian,
# Hebrew, Arabic.
_SCRIPTS_BELOW_0800 = tuple(
    frozenset({0x02, 0x03, *range(first, last + 1)})
    for first, last in ((0x02, 0x0D), (0x0D, 0x0F), (0x10, 0x14), (0x14, 0x16), (0x16, 0x17), (0x18, 0x1F))
)

# What is told apart when nothing is declared; more candidates are slower and worse on short texts.
_GUESSES = [
    "cp949",
    "big5hkscs",
    "big5",
    "cp932",
    "euc_jp",
    "cp1251",
    "koi8_r",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1252",
    "cp1256",
    "cp1255",
    "cp874",
]
_THREE_HIGH_BYTES = re.compile(rb"[\x80-\xff]{3}")
# Bytes of GB 2312 and what they are in other charsets, and how many of them are no chance.
_FIRST_CHARACTERS, _LETTERS, _BEHIND_KOREAN, _ACCENTED_LETTERS = 0xB0, 0xC0, 0xC9, 0xE0
_SOME, _MANY = 4, 8
_ASCII_RUN = re.compile("[\x00-\x7f]+")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_ESCAPE_TO_SET = re.compile(rb"\x1b([$(][@A-Z]|\$\([A-Z])")


def decode(content: bytes, declared: str) -> str:
    """Return the text of ``content``; ``declared`` is the label it came with, or empty. Never raises."""
    text = _decoded(content, _codec(declared))
    if "\r" in text:
        # Two CR before one LF come from a line end that was translated twice.
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROLS.sub("", text) if _CONTROLS.search(text) else text
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8").removeprefix("\ufeff")


def _codec(declared: str) -> str:
    """Return the codec for a label, empty when there is none. Unknown names are never looked for among files."""
    name = re.sub(r"[^a-z0-9]+", "_", declared[:60].lower()).strip("_")
    codec = _CODECS.get(name) or _CODECS.get(name.removeprefix("x_"), "")
    return _LARGER.get(codec, codec)


def _decoded(content: bytes, codec: str) -> str:
    for mark, marked_codec in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(marked_codec, "replace")
    if content.isascii() and codec not in _NOT_OVER_ASCII:
        return _japanese(content) if b"\x1b$" in content else content.decode("ascii")
    if codec == _JAPANESE:
        # The real one has seven bits.
        return _japanese(content) if content.isascii() else _decoded(content, "")
    utf8 = _strict(content, "utf-8")
    declared = _strict(content, codec) if codec not in {"", "utf_8"} else utf8
    if utf8 is not None and (declared is None or _is_mislabelled(utf8, codec)) and not _is_utf8_by_chance(utf8):
        return utf8
    return declared if declared is not None and codec else _doubtful(content, codec)


def _is_mislabelled(utf8: str, codec: str) -> bool:
    """Tell whether the label is one that UTF-8 often gets. What is valid UTF-8 is hardly ever of those charsets."""
    return codec in {"", "cp1252"} or (codec == "gb18030" and max(utf8) >= "\u0800")


def _is_utf8_by_chance(text: str) -> bool:
    """Tell whether a reading as UTF-8 mixes scripts as nobody does: the GBK of \u56fe\u7eb8 is also valid UTF-8."""
    if max(text) >= "\u0800":
        return False
    blocks = {ord(character) >> 6 for character in _ASCII_RUN.sub("", text[:_GUESSED_FROM_CHARACTERS])}
    return not any(blocks <= script for script in _SCRIPTS_BELOW_0800)


def _strict(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except ValueError:
        return None


def _doubtful(content: bytes, codec: str) -> str:
    """Decode what is neither what it says nor UTF-8 without doubt."""
    damaged = content.decode(codec, "replace") if codec else ""
    if damaged and (_is_little_damage(damaged) or _is_cut_short(content, codec)):
        return damaged
    if _is_cut_short(content, "utf-8"):
        return content.decode("utf-8", "replace")
    chinese = _strict(content, "gb18030")
    if chinese is not None and _is_plausible_chinese(chinese):
        return chinese
    utf8 = _strict(content, "utf-8")
    return utf8 if utf8 is not None else content.decode(_guessed(content), "replace")


def _is_little_damage(text: str) -> bool:
    damaged = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - damaged
    return damaged * _SOUND_PER_DAMAGED <= sound


def _is_cut_short(content: bytes, codec: str) -> bool:
    """Tell whether nothing is wrong with a text but that it ends within a character: the mail came only in part.

    An accented letter at the end of a wrongly labelled text looks the same, so there must be other characters as well.
    """
    decoder = getincrementaldecoder(codec)()
    try:
        text = decoder.decode(content)
    except ValueError:
        return False
    return not text.isascii() and bool(decoder.getstate()[0])


def _is_plausible_chinese(text: str) -> bool:
    """Tell Chinese from the other charsets whose bytes can be read as Chinese as well.

    Nearly all characters of a Chinese text are among the 7 445 of GB 2312, and most are in its first half. Accented
    letters have all first bytes above 0xE0, Cyrillic and Greek have all bytes above 0xC0, Korean has all first bytes
    below 0xC9, and Japanese is half kana.
    """
    wide = _ASCII_RUN.sub("", text[:_GUESSED_FROM_CHARACTERS])
    frequent = wide.encode("gb2312", "ignore")
    if len(frequent) // 2 < len(wide) * 0.8:
        return False
    first_bytes, last_bytes = frequent[::2], frequent[1::2]
    kana = first_bytes.count(0xA4) + first_bytes.count(0xA5)
    letters = [first for first in first_bytes if first >= _FIRST_CHARACTERS]
    is_accented = bool(letters) and min(letters) >= _ACCENTED_LETTERS
    is_alphabetic = len(letters) >= _SOME and min(letters) >= _LETTERS and min(last_bytes) >= _LETTERS
    is_korean = len(letters) >= _MANY and max(letters) < _BEHIND_KOREAN
    return not (is_accented or is_alphabetic or is_korean or kana * 4 > len(first_bytes))


def _guessed(content: bytes) -> str:
    """Return the codec that an unlabelled 8-bit text most likely has."""
    run = _THREE_HIGH_BYTES.search(content)
    if run is None:
        # Accented letters stand alone between plain ones, and those are seldom anything but western.
        return "cp1252" if _strict(content, "cp1252") is not None else "latin-1"
    from charset_normalizer import from_bytes  # noqa: PLC0415  # it takes 26 ms to load and few mails need it

    sample = content[run.start() : run.start() + _GUESSED_FROM_BYTES]
    # A character that is cut in two at the end of the sample would rule out the right charset.
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    best = from_bytes(sample, steps=1, chunk_size=512, cp_isolation=_GUESSES).best()
    return best.encoding if best else "latin-1"


def _japanese(content: bytes) -> str:
    """Decode ISO-2022-JP, also with the characters of Windows (① ㈱) that it has no place for."""
    text = _strict(content, _JAPANESE)
    if text is not None:
        return text
    escapes = [*_ESCAPE_TO_SET.finditer(content)]
    ends = [*(found.start() for found in escapes), len(content)]
    plain = content[: ends[0]].decode("latin-1")
    return plain + "".join(
        _of_set(found[1], content[found.end() : end]) for found, (_, end) in zip(escapes, pairwise(ends), strict=True)
    )


def _of_set(name: bytes, content: bytes) -> str:
    """Decode what follows an escape sequence: the two-byte set is EUC-JP with the high bits cleared."""
    if not name.startswith(b"$"):
        return content.decode("latin-1")
    high = bytes(octet | 0x80 if octet > ord(" ") else octet for octet in content)
    return high.decode("euc_jis_2004", "replace")
