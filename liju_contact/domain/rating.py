"""What a customer thought of our help: one to five, and words if they like."""

from __future__ import annotations

from dataclasses import dataclass

from liju_contact.domain.inquiry import InquiryState, is_over

CHOICES = (5, 4, 3, 2, 1)
WORDS_LIMIT = 1000
_HIGHEST_LOW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """``stars`` is one of ``CHOICES``; ``words`` may be empty."""

    stars: int
    words: str

    @property
    def is_low(self) -> bool:
        """Whether somebody should look at what went wrong."""
        return self.stars <= _HIGHEST_LOW


def may_be_rated(state: InquiryState) -> bool:
    """Tell whether there is anything to rate: we have answered, or nobody waits any more."""
    return state is InquiryState.ANSWERED or is_over(state)
