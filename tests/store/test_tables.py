"""What the columns do to values on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import StatementError

from liju_contact.domain.errors import Conflict
from liju_contact.store.database import Database
from liju_contact.store.tables import HeartbeatRow

BEAT = insert(HeartbeatRow)
STORED = select(HeartbeatRow.beat_at)


def test_a_naive_time_is_refused(db: Database) -> None:
    naive = datetime(2026, 11, 23, 2, 0)  # noqa: DTZ001  # what is to be refused

    with pytest.raises(StatementError, match="without a zone"), db.begin() as tx:
        tx.execute(BEAT, {"role": "worker", "beat_at": naive})


def test_a_time_of_another_zone_comes_back_as_the_same_moment_in_utc(db: Database) -> None:
    shanghai = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))

    with db.begin() as tx:
        tx.execute(BEAT, {"role": "worker", "beat_at": shanghai})
        stored = tx.execute(STORED).scalar_one()

    assert stored.isoformat() == "2026-11-23T02:00:00.123456+00:00"


@given(at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))  # noqa: DTZ001  # bounds
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_moment_comes_back_aware_and_the_same(db: Database, at: datetime) -> None:
    with db.begin() as tx:
        tx.execute(delete(HeartbeatRow))
        tx.execute(BEAT, {"role": "worker", "beat_at": at})
        stored = tx.execute(STORED).scalar_one()

    assert (stored, stored.tzinfo) == (at.astimezone(UTC), UTC)


def test_times_sort_as_moments_whatever_zone_they_were_written_in(db: Database) -> None:
    early = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))  # 01:00 UTC
    late = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    with db.begin() as tx:
        tx.execute(BEAT, [{"role": "late", "beat_at": late}, {"role": "early", "beat_at": early}])
        roles = list(tx.execute(select(HeartbeatRow.role).order_by(HeartbeatRow.beat_at)).scalars())

    assert roles == ["early", "late"]


def test_a_row_that_refers_to_nothing_is_refused(db: Database) -> None:
    orphan = text(
        "INSERT INTO event (inquiry_id, kind, actor, happened_at) VALUES (77, 'x', 'x', '2026-11-23 00:00:00')"
    )

    with pytest.raises(Conflict), db.begin() as tx:
        tx.execute(orphan)
