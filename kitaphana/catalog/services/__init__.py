"""Commands of the catalogue: describe, save MARC, import files, merge records, set covers."""

from __future__ import annotations

from kitaphana.catalog.services.covers import LARGEST_BOOK, set_cover
from kitaphana.catalog.services.imports import import_marc
from kitaphana.catalog.services.merging import merge_records, undo_merge
from kitaphana.catalog.services.proposals import decide_proposal, propose_change, rebased, withdraw_proposal
from kitaphana.catalog.services.records import describe_record, may_change, save_marc

__all__ = [
    "LARGEST_BOOK", "decide_proposal", "describe_record", "import_marc", "may_change", "merge_records", "propose_change",
    "rebased", "save_marc", "set_cover", "undo_merge", "withdraw_proposal",
]  # fmt: skip
