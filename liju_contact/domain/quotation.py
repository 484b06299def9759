"""What a quotation needs, and how much of it a customer has told."""

from __future__ import annotations

from collections.abc import Iterable

from liju_contact.domain.catalogue import ProductLine
from liju_contact.domain.detail import Detail

# What a product line needs whose settings do not say it: those of its fields without which no price can be made.
_USUALLY_NEEDED = frozenset(
    {
        "quantity",
        "capacity",
        "pressure",
        "steam_temperature",
        "supply_temperature",
        "return_temperature",
        "fuel",
        "incoterm",
        "port",
        "needed_by",
        "serial_number",
        "part_number",
    }
)


def needed_for_quotation(product_line: ProductLine | None) -> tuple[str, ...]:
    """Return the ids of the fields a quotation for this product line needs, in the order they are shown."""
    if product_line is None:
        return ()
    usual = tuple(field for field in product_line.detail_fields if field in _USUALLY_NEEDED)
    return product_line.quotation_needs or usual


def missing_for_quotation(product_line: ProductLine | None, details: Iterable[Detail]) -> tuple[str, ...]:
    """Return the ids of the fields a quotation for this product line still waits for."""
    given = {detail.field for detail in details if detail.typed.strip()}
    return tuple(field for field in needed_for_quotation(product_line) if field not in given)
