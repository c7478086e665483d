"""Who may do what, where. Knows no domain: places are path prefixes of the organisation tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from kitaphana.core.errors import NotAllowed


class Permission(Enum):
    """Everything a role can permit. The table role → permissions is ``people/roles.py``."""

    OWN_ACCOUNT = "own_account"
    """See and renew one's own loans, place and cancel one's own holds."""
    CATALOG_EDIT = "catalog.edit"
    """Describe editions and change shared records."""
    CATALOG_SHARED = "catalog.shared"
    """Change records that several libraries use, decide on proposals, merge records, keep the authorities."""
    CATALOG_IMPORT = "catalog.import"
    """Load files of bibliographic records."""
    CIRCULATION_LEND = "circulation.lend"
    """Work at the desk: lend, take back, renew, hold, replace."""
    CIRCULATION_OVERRIDE = "circulation.override"
    """Lend in spite of a limit or a block, with a reason."""
    CIRCULATION_POLICIES = "circulation.policies"
    """Set loan periods and limits."""
    FUND_VIEW = "fund.view"
    """See acts, books of account and balances."""
    FUND_RECEIVE = "fund.receive"
    """Receive literature into the fund."""
    FUND_WRITE_OFF = "fund.write_off"
    """Withdraw literature from the fund."""
    FUND_APPROVE = "fund.approve"
    """Approve acts, close and open accounting periods."""
    FUND_STOCKTAKE = "fund.stocktake"
    """Count the fund and correct the ledger by the result."""
    RULES_EDIT = "rules.edit"
    """Write versions of rule packs for one's node and below."""
    CURRICULUM_EDIT = "curriculum.edit"
    """Make and change textbook sets."""
    TEXTBOOKS_VIEW = "textbooks.view"
    """See provision, who has and who lacks textbooks, redistribution and orders."""
    TEXTBOOKS_MANAGE = "textbooks.manage"
    """Order textbooks, offer surplus, ask for what is missing."""
    TEXTBOOKS_APPROVE = "textbooks.approve"
    """Approve orders and transfers of the organisations below."""
    LIST_PROPOSE = "lists.propose"
    """See the core lists under way, propose titles for them and discuss proposals; everyone entitled, for the country."""
    LIST_SCORE = "lists.score"
    """Score and vote on titles in the commissions of core lists that one is appointed to."""
    LIST_MANAGE = "lists.manage"
    """Keep core lists: settings, working groups, experts, the steps of the route."""
    LIST_APPROVE = "lists.approve"
    """Sign a core list for the ministry one is named for."""
    RENEWAL_PLAN = "renewal.plan"
    """Plan the renewal of the funds of one's node by the core lists."""
    ACQUISITIONS_VIEW = "acquisitions.view"
    """See budgets, estimates and orders to suppliers."""
    ACQUISITIONS_MANAGE = "acquisitions.manage"
    """Make estimates and orders to suppliers, note prices and payments."""
    ACQUISITIONS_APPROVE = "acquisitions.approve"
    """Set budgets, approve estimates and orders beyond the budget."""
    PEOPLE_VIEW = "people.view"
    """See readers of the library."""
    PEOPLE_EDIT = "people.edit"
    """Register and change readers, promote classes."""
    PEOPLE_IMPORT = "people.import"
    """Load lists of readers."""
    ORGANIZATIONS_VIEW = "organizations.view"
    """See the network below one's node."""
    ORGANIZATIONS_EDIT = "organizations.edit"
    """Change organisations, calendars and branches."""
    ROLES_ASSIGN = "roles.assign"
    """Give and take roles."""
    NUMBERS_VIEW = "numbers.view"
    """See the dashboard and the records behind its figures."""
    REPORTS_SUBMIT = "reports.submit"
    """Fill, correct and send up annual reports and data sets of one's library."""
    REPORTS_SIGN = "reports.sign"
    """Sign what one's organisation sends up."""
    REPORTS_ACCEPT = "reports.accept"
    """Accept what the organisations below sent, or return it with a comment."""
    CAMPAIGNS_MANAGE = "campaigns.manage"
    """Open campaigns «Give a book», take gifts over."""
    LETTERS_SEND = "letters.send"
    """Send letters to the organisations below and see who has read them."""
    ROADMAP_EDIT = "roadmap.edit"
    """Set targets and evidence of the roadmap for one's node and below."""
    AUDIT_VIEW = "audit.view"
    """Read the journal of changes."""
    INSTALLATION = "installation"
    """Run the installation: jobs of everyone, settings, checks."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions that hold at a node and everywhere below it."""

    path: str
    permissions: frozenset[Permission]


@dataclass(frozen=True, slots=True)
class Reach:
    """The parts of the tree a question may look at: path prefixes. Empty: nothing."""

    prefixes: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Whether a node lies in the reach."""
        return any(path.startswith(prefix) for prefix in self.prefixes)


NOWHERE = Reach(())
EVERYWHERE = Reach(("",))


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody (or the program itself) that acts: the answer to both «may this one?» and «which ones?»."""

    user_id: int | None
    grants: tuple[Grant, ...] = ()
    person_id: int | None = None
    address: str = ""
    name: str = ""

    def may(self, permission: Permission, path: str) -> bool:
        """Whether the actor has the permission at the node of that path."""
        return any(permission in grant.permissions and path.startswith(grant.path) for grant in self.grants)

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether the actor has the permission anywhere at all."""
        return any(permission in grant.permissions for grant in self.grants)

    def require(self, permission: Permission, path: str) -> None:
        """Pass, or raise.

        :raises NotAllowed: the actor lacks the permission there.
        """
        if not self.may(permission, path):
            raise NotAllowed()

    def also(self, path: str, *permissions: Permission) -> Actor:
        """The same person with more rights at a node, for a step that a right they have includes."""
        return replace(self, grants=(*self.grants, Grant(path, frozenset(permissions))))

    def reach(self, permission: Permission) -> Reach:
        """The parts of the tree where the actor has the permission, without parts inside others."""
        return Reach(_outermost(grant.path for grant in self.grants if permission in grant.permissions))


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(outer) for outer in kept):
            kept.append(path)
    return tuple(kept)


SYSTEM = Actor(user_id=None, grants=(Grant("", frozenset(Permission)),), name="Kitaphana")
"""The program itself: imports from the command line, scheduled jobs, the demo."""

ANONYMOUS = Actor(user_id=None)
"""Nobody signed in."""
