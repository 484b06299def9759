"""Which browser on which system a User-Agent header means, in the words people have for it.

Good enough to tell one's telephone from the computer at work, and no more: a browser may say what it likes.
"""

from __future__ import annotations

from dataclasses import dataclass

# The first that is found counts: most browsers name others too, to be taken for them.
_PROGRAMS = (
    ("MicroMessenger/", "WeChat"),
    ("QQBrowser/", "QQ Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("OPR/", "Opera"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


_DEVICES = {
    "HarmonyOS": "phone",
    "iPhone": "phone",
    "Android": "phone",
    "iPad": "tablet",
    "Windows": "computer",
    "macOS": "computer",
    "ChromeOS": "computer",
    "Linux": "computer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Either may be empty, where the header names nothing that is known."""

    program: str
    system: str

    @property
    def device(self) -> str:
        """What it most probably runs on, "phone", "tablet" or "computer"; many tablets pass for one of the others."""
        return _DEVICES.get(self.system, "")


def read_browser(header: str) -> Browser:
    return Browser(program=_first(header, _PROGRAMS), system=_first(header, _SYSTEMS))


def _first(header: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in header), "")
