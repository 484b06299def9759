"""Why a password is not taken, in words for whoever chose it."""

from __future__ import annotations

from liju_contact.domain.password import LONGEST, SHORTEST, Weakness
from liju_contact.usecases.set_password import Same, Weak
from liju_contact.web.rendering import translated as _


def refusal_words(refusal: Weak | Same) -> str:
    if isinstance(refusal, Same):
        return _("That is the password you have already. Please choose another one.")
    match refusal.weakness:
        case Weakness.TOO_SHORT:
            return _("Please choose at least %(count)d characters. A few words in a row are good.") % {
                "count": SHORTEST
            }
        case Weakness.TOO_LONG:
            return _("Please choose at most %(count)d characters.") % {"count": LONGEST}
        case Weakness.PERSONAL:
            return _("That is made of your name or address, which others know. Please choose something else.")
        case Weakness.COMMON:
            return _("That is one of the passwords everybody tries first. Please choose something else.")


def differing_words(password: str, again: str) -> str | None:
    """Return what to say when the two that were typed differ."""
    return None if password == again else _("The two passwords differ. Please type the same twice.")
