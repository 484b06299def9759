"""What a quotation needs, and what a customer has not told yet."""

from __future__ import annotations

from collections.abc import Iterable

from liju_contact.domain.catalogue import ProductLine
from liju_contact.domain.detail import Detail

_NEEDED = frozenset(
    {
        "quantity",
        "capacity",
        "pressure",
        "steam_temperature",
        "supply_temperature",
        "return_temperature",
        "fuel",
        "power_supply",
        "incoterm",
        "port",
        "needed_by",
        "serial_number",
        "part_number",
    }
)


def missing_for_quotation(product_line: ProductLine | None, details: Iterable[Detail]) -> tuple[str, ...]:
    """Return the ids of the fields a quotation for this product line waits for, in the order they are shown."""
    if product_line is None:
        return ()
    given = {detail.field for detail in details if detail.typed.strip()}
    return tuple(field for field in product_line.detail_fields if field in _NEEDED and field not in given)
