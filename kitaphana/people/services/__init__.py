"""Commands on people: everything that changes persons, readers, classes, accounts and roles."""

from __future__ import annotations

from kitaphana.people.services.accounts import (
    NewAccount,
    assign_role,
    create_account,
    create_reader_accounts,
    make_token,
    reset_password,
    revoke_role,
    revoke_tokens,
)
from kitaphana.people.services.classes import Promotion, open_class, promote_classes, update_class
from kitaphana.people.services.imports import ImportResult, RowError, import_readers
from kitaphana.people.services.readers import (
    PersonDetails,
    change_class,
    iin_of,
    leave,
    re_register,
    register_reader,
    return_reader,
    update_reader,
)

__all__ = [
    "ImportResult", "NewAccount", "PersonDetails", "Promotion", "RowError", "assign_role", "change_class",
    "create_account", "create_reader_accounts", "iin_of", "import_readers", "leave", "make_token", "open_class",
    "promote_classes", "re_register", "register_reader", "reset_password", "return_reader", "revoke_role",
    "revoke_tokens", "update_class", "update_reader",
]  # fmt: skip
