"""Many donors at once, on real transactions: no more is promised than is wished, nothing is taken in twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kitaphana.campaigns import checks, errors
from kitaphana.campaigns.models import Gift, Pledge
from kitaphana.campaigns.tests.test_campaigns import begun, promised, take
from kitaphana.core.tests.threads import at_once
from kitaphana.regulations.services import install_packs


@pytest.fixture
def real(transactional_db: None, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """The small world in a database as it is at work: a server, or a file (the tests' own lives in memory,
    where SQLite locks by table and a race would prove nothing)."""
    if connection.vendor != "sqlite":
        install_packs()  # what a flushed database has lost
        yield request.getfixturevalue("world")
        return
    path = tmp_path / "race.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection = None
    connection.settings_dict["NAME"] = str(path)
    try:
        install_packs()
        yield request.getfixturevalue("world")
        connection.close()
    finally:
        connection.connection = memory
        connection.settings_dict["NAME"] = name


def test_donors_at_once_promise_no_more_than_is_wished(real: Any) -> None:
    campaign = begun(real, 3)
    done = at_once(*(lambda: promised(campaign, 1) for _number in range(6)))
    assert sum(isinstance(one, Pledge) for one in done) == 3
    assert sum(isinstance(one, errors.TooMany) for one in done) == 3
    assert campaign.wishes.get().left == 0
    pledge = next(one for one in done if isinstance(one, Pledge))
    taken = at_once(*(lambda: take(real, pledge, 1) for _number in range(3)))
    assert sum(isinstance(one, Gift) for one in taken) == 1
    assert sum(isinstance(one, errors.WrongState) for one in taken) == 2
    assert list(checks.invariants()) == []
