"""The names of the entries that a piece of a ZIP archive shows, without opening the archive.

Works on the first and on the last bytes alike: the first hold local file headers, the last the central directory
(APPNOTE 4.3.7 and 4.3.12). Nothing is decompressed, so there is no bomb to go off.
"""

import re

_HEADER = re.compile(rb"PK\x03\x04.{22}(..)..|PK\x01\x02.{24}(..).{16}", re.DOTALL)
_LONGEST_NAME = 300


def zip_entry_names(piece: bytes) -> set[str]:
    """Return the names found, in lower case and with forward slashes."""
    return {_name_after(piece, header) for header in _HEADER.finditer(piece)}


def _name_after(piece: bytes, header: re.Match[bytes]) -> str:
    length = int.from_bytes(header[1] or header[2], "little")
    name = piece[header.end() : header.end() + min(length, _LONGEST_NAME)]
    return name.decode("utf-8", "replace").lower().replace("\\", "/")
