"""Commands of circulation: copies at the desk (``lending``), count-based volumes by list (``issuing``)."""

from __future__ import annotations

from kitaphana.circulation.policies import Policy, Terms
from kitaphana.circulation.services.issuing import (
    Issued,
    IssueLine,
    ReturnLine,
    Settlement,
    issue,
    settle,
    take_back,
    undo_issue,
    use_up,
)
from kitaphana.circulation.services.lending import (
    CheckIn,
    add_note,
    cancel_hold,
    check_in,
    check_out,
    close_note,
    expire_holds,
    forget_history,
    place_hold,
    remove_policy,
    renew,
    renew_barcode,
    replace_lost,
    set_policy,
    write_off_lost,
)

__all__ = [
    "CheckIn",
    "IssueLine",
    "Issued",
    "Policy",
    "ReturnLine",
    "Settlement",
    "Terms",
    "add_note",
    "cancel_hold",
    "check_in",
    "check_out",
    "close_note",
    "expire_holds",
    "forget_history",
    "issue",
    "place_hold",
    "remove_policy",
    "renew",
    "renew_barcode",
    "replace_lost",
    "set_policy",
    "settle",
    "take_back",
    "undo_issue",
    "use_up",
    "write_off_lost",
]
