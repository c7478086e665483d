"""All invariants of all domains, one after another."""

from __future__ import annotations

from collections.abc import Iterator

from kitaphana.acquisitions import checks as acquisitions
from kitaphana.authorities import checks as authorities
from kitaphana.campaigns import checks as campaigns
from kitaphana.catalog import checks as catalog
from kitaphana.circulation import checks as circulation
from kitaphana.core.checks import Violation
from kitaphana.corelist import checks as corelist
from kitaphana.curriculum import checks as curriculum
from kitaphana.fund import checks as fund
from kitaphana.indicators import checks as indicators
from kitaphana.mailings import checks as mailings
from kitaphana.monitoring import checks as monitoring
from kitaphana.organizations import checks as organizations
from kitaphana.people import checks as people
from kitaphana.regulations import checks as regulations
from kitaphana.reports import checks as reports
from kitaphana.stocktaking import checks as stocktaking
from kitaphana.submissions import checks as submissions


def violations() -> Iterator[Violation]:
    """Everything that does not hold, domain by domain, from the ground up."""
    for domain in (
        organizations,
        people,
        mailings,
        regulations,
        authorities,
        catalog,
        fund,
        circulation,
        acquisitions,
        curriculum,
        stocktaking,
        corelist,
        monitoring,
        campaigns,
        indicators,
        submissions,
        reports,
    ):
        yield from domain.invariants()
