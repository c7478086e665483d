"""Reads of the fund: copies, acts, the two books of account, balances and figures."""

from __future__ import annotations

from kitaphana.fund.queries.accounting import AccountLine, Accounts, accounts
from kitaphana.fund.queries.acts import (
    ActFilter,
    ActLine,
    ActPage,
    act_in_reach,
    act_page,
    acts,
    latest_commission,
    years_of,
)
from kitaphana.fund.queries.approvals import (
    closed_periods,
    closed_until,
    count_waiting,
    decisions,
    latest_name,
    waiting_acts,
)
from kitaphana.fund.queries.card_file import RUN, CardTotals, card_run, card_totals, cards_of, last_cards
from kitaphana.fund.queries.copies import (
    copies,
    copies_of,
    copies_received_by,
    copy_by_barcode,
    copy_by_code,
    label_copies,
    library_ids_of,
    worn_candidates,
)
from kitaphana.fund.queries.figures import FundFigures, fund_figures
from kitaphana.fund.queries.inventory_book import (
    InventoryLine,
    InventoryPage,
    inventory_book,
    inventory_lines,
)
from kitaphana.fund.queries.register import RegisterLine, register
from kitaphana.fund.queries.stock import Card, CardLine, card, prices_of, stock_in_reach, stocks, stocks_of
from kitaphana.fund.queries.summary_book import (
    IS_OPENING,
    KIND_COLUMNS,
    Cell,
    Column,
    Figures,
    SummaryBook,
    SummaryEntry,
    balance,
    summary_book,
)
from kitaphana.fund.queries.transfers import on_the_way, transfer_in_reach, transfers

__all__ = [
    "IS_OPENING",
    "KIND_COLUMNS",
    "RUN",
    "AccountLine",
    "Accounts",
    "ActFilter",
    "ActLine",
    "ActPage",
    "Card",
    "CardLine",
    "CardTotals",
    "Cell",
    "Column",
    "Figures",
    "FundFigures",
    "InventoryLine",
    "InventoryPage",
    "RegisterLine",
    "SummaryBook",
    "SummaryEntry",
    "accounts",
    "act_in_reach",
    "act_page",
    "acts",
    "balance",
    "card",
    "card_run",
    "card_totals",
    "cards_of",
    "closed_periods",
    "closed_until",
    "copies",
    "copies_of",
    "copies_received_by",
    "copy_by_barcode",
    "copy_by_code",
    "count_waiting",
    "decisions",
    "fund_figures",
    "inventory_book",
    "inventory_lines",
    "label_copies",
    "last_cards",
    "latest_commission",
    "latest_name",
    "library_ids_of",
    "on_the_way",
    "prices_of",
    "register",
    "stock_in_reach",
    "stocks",
    "stocks_of",
    "summary_book",
    "transfer_in_reach",
    "transfers",
    "waiting_acts",
    "worn_candidates",
    "years_of",
]
