"""What can be doubtful about a technical fact a customer gave. A doubt asks; it never refuses.

The values are stored with the inquiry and turned into sentences where they are shown.
"""

from enum import StrEnum


class Doubt(StrEnum):
    NOT_A_NUMBER = "not_a_number"  # a range, a remark: kept as typed, without a canonical value
    AMBIGUOUS_NUMBER = "ambiguous_number"  # "1,500" may be 1.5 or 1500; one of them was chosen
    UNKNOWN_UNIT = "unknown_unit"  # the text names a unit that does not fit this field
    NOT_A_DATE = "not_a_date"  # includes 05/06/2026, which is two dates
    DATE_PAST = "date_past"
    BELOW_TYPICAL = "below_typical"
    ABOVE_TYPICAL = "above_typical"
    IMPOSSIBLE = "impossible"  # no boiler, no site on Earth
    IMPOSSIBLE_PAIR = "impossible_pair"  # the water would come back hotter than it left
