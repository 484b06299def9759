"""The English words for codes of ``domain``, marked for translation.

``wording`` turns them into the reader's language.
"""

from __future__ import annotations

from liju_contact.domain.detail import Doubt
from liju_contact.domain.inbound import HoldReason
from liju_contact.domain.person import Role
from liju_contact.domain.reminder import ReminderStep


def _(message: str) -> str:
    """Mark a text for the catalogues; it is translated when it is shown."""
    return message


FIELDS = {
    "name": _("Your name"),
    "email": _("E-mail"),
    "country": _("Country or region"),
    "product": _("Product line"),
    "topic": _("What is it about?"),
    "message": _("Your message"),
    "company": _("Company"),
    "phone": _("Phone or WhatsApp"),
    "files": _("Drawings, photos, documents"),
    "quantity": _("Number of units"),
    "project": _("Kind of project"),
    "capacity": _("Heat output or steam flow"),
    "pressure": _("Working pressure"),
    "steam_temperature": _("Steam temperature"),
    "supply_temperature": _("Supply temperature"),
    "return_temperature": _("Return temperature"),
    "feedwater_temperature": _("Feed-water temperature"),
    "fuel": _("Fuel"),
    "fuel_analysis": _("Fuel analysis"),
    "emission_limit": _("Emission limits"),
    "altitude": _("Site altitude"),
    "ambient_temperature": _("Ambient temperature"),
    "power_supply": _("Voltage and frequency"),
    "incoterm": _("Delivery terms (Incoterms 2020)"),
    "port": _("Port or place"),
    "needed_by": _("Needed by"),
    "site_visit": _("Site visit wanted"),
    "serial_number": _("Serial number of the boiler"),
    "model": _("Model"),
    "part_number": _("Part numbers"),
    "running_hours": _("Running hours"),
}

CHOICES = {
    ("project", "new"): _("New plant"),
    ("project", "retrofit"): _("Retrofit"),
    ("project", "replacement"): _("Replacement"),
    ("fuel", "natural_gas"): _("Natural gas"),
    ("fuel", "lpg"): _("LPG"),
    ("fuel", "light_oil"): _("Light oil (diesel)"),
    ("fuel", "heavy_oil"): _("Heavy oil"),
    ("fuel", "biogas"): _("Biogas"),
    ("fuel", "biomass"): _("Biomass"),
    ("fuel", "coal"): _("Coal"),
    ("fuel", "electricity"): _("Electricity"),
    ("fuel", "hydrogen"): _("Hydrogen"),
    ("fuel", "waste_heat"): _("Waste heat"),
    ("fuel", "other"): _("Other fuel"),
    ("power_supply", "other"): _("Other supply"),
}

DOUBTS = {
    Doubt.NOT_A_NUMBER: _("%(label)s: we could not read “%(given)s” as one number. We keep it as you wrote it."),
    Doubt.AMBIGUOUS_NUMBER: _("%(label)s: is the comma or point in “%(given)s” a decimal mark?"),
    Doubt.UNKNOWN_UNIT: _("%(label)s: we do not know the unit in “%(given)s”. We keep it as you wrote it."),
    Doubt.NOT_A_DATE: _("%(label)s: we could not read “%(given)s” as one date. We keep it as you wrote it."),
    Doubt.DATE_PAST: _("%(label)s: %(given)s is in the past."),
    Doubt.BELOW_TYPICAL: _("%(label)s: %(given)s is unusually low for this product."),
    Doubt.ABOVE_TYPICAL: _("%(label)s: %(given)s is unusually high for this product."),
    Doubt.IMPOSSIBLE: _("%(label)s: %(given)s does not seem possible. Is the unit right?"),
    Doubt.IMPOSSIBLE_PAIR: _("%(label)s: %(given)s is not below the supply temperature. Are the two swapped?"),
}

RATINGS = {5: _("Very good"), 4: _("Good"), 3: _("All right"), 2: _("Poor"), 1: _("Very poor")}

REMINDER_STEPS = {
    ReminderStep.BEFORE: _("Answer due soon"),
    ReminderStep.OVERDUE: _("Answer overdue"),
    ReminderStep.ESCALATED: _("Still no answer"),
    ReminderStep.OWN_DATE: _("The date set has come"),
}

# Why a mail waits, in words for the colleague who decides.
HOLD_REASONS = {
    HoldReason.WRONG_SENDER: _("It answers a letter that we sent to somebody else, not to the address it comes from."),
    HoldReason.COLLEAGUE: _("It answers a letter to the customer, but comes from another address."),
    HoldReason.STAFF_WITHOUT_KEY: _(
        "It names a colleague as its sender, but nothing in it shows that it answers a letter of ours. Anybody could"
        " name a colleague there."
    ),
    HoldReason.AUTHENTICATION_FAILED: _(
        "Our mail server says that it does not really come from the address it names (DMARC failed)."
    ),
    HoldReason.KEYS_DISAGREE: _("It answers letters about different inquiries, so we cannot tell where it belongs."),
    HoldReason.LATE_ANSWER: _("While it was being written, a colleague answered the customer."),
    HoldReason.TOO_MANY: _("More mail came from this address within ten minutes than we let in at once."),
    HoldReason.SPAM: _("It looks like spam."),
    HoldReason.NO_SENDER: _("It does not say who it is from, so nobody could be answered."),
    HoldReason.UNKNOWN_COMMAND: _(
        "Its first line looks like a command, but is none that we know, or none for the letter it answers. The customer"
        " has not seen it. To correct it, drop it and write again; if you let it in, the first line stays in it."
    ),
    HoldReason.NOTHING_SAID: _("It has neither a text nor a file."),
    HoldReason.NO_NEW_INQUIRIES: _("It would open a new inquiry, and the settings want none by mail."),
    HoldReason.UNDONE: _("It had been decided about, and that was taken back."),
}

ROLES = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.AGENT: _("Agent"),
    Role.READER: _("Reader"),
}
