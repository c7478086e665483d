"""Commands of the fund. Each posts an act and its ledger entries in one transaction.

Which part of the summary book an entry belongs to follows from its sign and from the kind of its act: a
positive quantity is a receipt (part 1) and a negative one a withdrawal (part 2); in a reversing act it is
the other way round, so that a reversal stands as a negative line in the part it corrects (red storno) and
the year's receipts and withdrawals tell what really happened.
"""

from __future__ import annotations

from kitaphana.fund.models import Member
from kitaphana.fund.services.drafts import discard_draft, draft_of, save_draft
from kitaphana.fund.services.receipts import Receipt, ReceiptLine, receive
from kitaphana.fund.services.replacements import replace_lost
from kitaphana.fund.services.reversals import reverse
from kitaphana.fund.services.write_offs import WriteOff, write_off

__all__ = [
    "Member",
    "Receipt",
    "ReceiptLine",
    "WriteOff",
    "discard_draft",
    "draft_of",
    "receive",
    "replace_lost",
    "reverse",
    "save_draft",
    "write_off",
]
