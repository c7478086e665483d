"""What each role permits: the whole policy at a glance."""

from __future__ import annotations

from kitaphana.core.access import Permission as P  # noqa: N817 - the table reads as a table
from kitaphana.people.enums import Role

_OVERSEER = frozenset(
    {
        P.OWN_ACCOUNT,
        P.ORGANIZATIONS_VIEW,
        P.NUMBERS_VIEW,
        P.FUND_VIEW,
        P.TEXTBOOKS_VIEW,
        P.LIST_PROPOSE,
        P.ACQUISITIONS_VIEW,
    }
)

PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.READER: frozenset({P.OWN_ACCOUNT}),
    Role.LIBRARIAN: frozenset(
        {
            P.OWN_ACCOUNT,
            P.CATALOG_EDIT,
            P.CATALOG_IMPORT,
            P.CIRCULATION_LEND,
            P.CIRCULATION_OVERRIDE,
            P.CIRCULATION_POLICIES,
            P.FUND_VIEW,
            P.FUND_RECEIVE,
            P.FUND_WRITE_OFF,
            P.FUND_STOCKTAKE,
            P.CURRICULUM_EDIT,
            P.TEXTBOOKS_VIEW,
            P.TEXTBOOKS_MANAGE,
            P.RENEWAL_PLAN,
            P.ACQUISITIONS_VIEW,
            P.ACQUISITIONS_MANAGE,
            P.REPORTS_SUBMIT,
            P.CAMPAIGNS_MANAGE,
            P.LIST_PROPOSE,
            P.PEOPLE_VIEW,
            P.PEOPLE_EDIT,
            P.PEOPLE_IMPORT,
            P.ORGANIZATIONS_VIEW,
            P.NUMBERS_VIEW,
            P.AUDIT_VIEW,
        }
    ),
    Role.DIRECTOR: _OVERSEER
    | {P.PEOPLE_VIEW, P.AUDIT_VIEW, P.FUND_APPROVE, P.TEXTBOOKS_APPROVE, P.ACQUISITIONS_APPROVE}
    | {P.REPORTS_SIGN, P.CAMPAIGNS_MANAGE},
    Role.METHODIST: _OVERSEER
    | {
        P.CATALOG_EDIT,
        P.CATALOG_IMPORT,
        P.CATALOG_SHARED,
        P.CIRCULATION_POLICIES,
        P.ORGANIZATIONS_EDIT,
        P.RULES_EDIT,
        P.CURRICULUM_EDIT,
        P.TEXTBOOKS_MANAGE,
        P.TEXTBOOKS_APPROVE,
        P.RENEWAL_PLAN,
        P.ACQUISITIONS_MANAGE,
        P.LIST_MANAGE,
        P.REPORTS_ACCEPT,
        P.CAMPAIGNS_MANAGE,
        P.LETTERS_SEND,
    },
    Role.DEPARTMENT: _OVERSEER
    | {P.TEXTBOOKS_APPROVE, P.RENEWAL_PLAN, P.ACQUISITIONS_APPROVE, P.REPORTS_ACCEPT, P.LETTERS_SEND, P.ROADMAP_EDIT},
    Role.EXPERT: frozenset({P.OWN_ACCOUNT, P.LIST_PROPOSE, P.LIST_SCORE}),
    Role.MINISTRY: _OVERSEER
    | {P.LIST_APPROVE, P.ACQUISITIONS_APPROVE, P.REPORTS_ACCEPT, P.LETTERS_SEND, P.ROADMAP_EDIT},
    Role.ADMINISTRATOR: frozenset(P),
}
