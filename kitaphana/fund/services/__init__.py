"""Commands of the fund. Each posts an act and its ledger entries in one transaction.

Copies (inventory number, barcode) and count-based stock (registration card) are moved by the same acts.

Which part of the summary book an entry belongs to follows from its sign and from the kind of its act: a
positive quantity is a receipt (part 1) and a negative one a withdrawal (part 2); in a reversing act it is
the other way round, so that a reversal stands as a negative line in the part it corrects (red storno) and
the year's receipts and withdrawals tell what really happened.
"""

from __future__ import annotations

from kitaphana.fund.enums import APPROVED_KINDS
from kitaphana.fund.models import Member
from kitaphana.fund.services.accounting import Theirs, reconcile
from kitaphana.fund.services.conversions import Conversion, convert
from kitaphana.fund.services.drafts import discard_draft, draft_of, save_draft
from kitaphana.fund.services.opening import OpeningPlan, OpeningResult, plan_opening, take_opening
from kitaphana.fund.services.periods import close_period, decide, seal
from kitaphana.fund.services.receipts import Receipt, ReceiptLine, receive
from kitaphana.fund.services.replacements import replace_lost
from kitaphana.fund.services.reversals import reverse
from kitaphana.fund.services.stock import CountedLine
from kitaphana.fund.services.stock import issue as issue_stock
from kitaphana.fund.services.stock import lock as lock_stock
from kitaphana.fund.services.transfers import Sending, accept, refuse, send
from kitaphana.fund.services.write_offs import WriteOff, write_off

__all__ = [
    "APPROVED_KINDS",
    "Conversion",
    "CountedLine",
    "Member",
    "OpeningPlan",
    "OpeningResult",
    "Receipt",
    "ReceiptLine",
    "Sending",
    "Theirs",
    "WriteOff",
    "accept",
    "close_period",
    "convert",
    "decide",
    "discard_draft",
    "draft_of",
    "issue_stock",
    "lock_stock",
    "plan_opening",
    "receive",
    "reconcile",
    "refuse",
    "replace_lost",
    "reverse",
    "save_draft",
    "seal",
    "send",
    "take_opening",
    "write_off",
]
