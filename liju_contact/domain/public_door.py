"""The doors that are open to everybody: where something is written, sent or guessed without an account."""

from __future__ import annotations

from enum import StrEnum


class PublicDoor(StrEnum):
    INQUIRY = "inquiry"  # the form
    MESSAGE = "message"  # a further message on the status page
    FIND = "find"  # asking for lost links
    RATING = "rating"
    ADDRESS = "address"  # an address that works, where letters do not arrive
    STATE = "state"  # closing and opening again
    KEY = "key"  # a status link that opens nothing
    UPLOAD = "upload"  # kilobytes of files
