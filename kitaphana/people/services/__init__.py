"""Commands on people: everything that changes persons, readers, classes, accounts and roles."""

from __future__ import annotations

from kitaphana.people.roster import RowError
from kitaphana.people.services.accounts import (
    MOST_AT_ONCE,
    NewAccount,
    assign_role,
    change_password,
    create_account,
    create_reader_accounts,
    make_token,
    reset_password,
    revoke_role,
    revoke_tokens,
)
from kitaphana.people.services.classes import Promotion, open_class, promote_classes, update_class
from kitaphana.people.services.imports import (
    ImportPlan,
    ImportResult,
    import_readers,
    plan_import,
)
from kitaphana.people.services.readers import (
    PersonDetails,
    change_class,
    iin_of,
    leave,
    note_export,
    re_register,
    register_reader,
    return_reader,
    set_history,
    update_reader,
)

__all__ = [
    "MOST_AT_ONCE",
    "ImportPlan",
    "ImportResult",
    "NewAccount",
    "PersonDetails",
    "Promotion",
    "RowError",
    "assign_role",
    "change_class",
    "change_password",
    "create_account",
    "create_reader_accounts",
    "iin_of",
    "import_readers",
    "leave",
    "make_token",
    "note_export",
    "open_class",
    "plan_import",
    "promote_classes",
    "re_register",
    "register_reader",
    "reset_password",
    "return_reader",
    "revoke_role",
    "revoke_tokens",
    "set_history",
    "update_class",
    "update_reader",
]
