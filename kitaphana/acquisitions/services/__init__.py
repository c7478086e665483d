"""Commands of acquisitions."""

from kitaphana.acquisitions.services.budgets import change_budget
from kitaphana.acquisitions.services.deliveries import Came, deliver, raise_claim, settle_claim
from kitaphana.acquisitions.services.estimates import (
    EstimateLineInput,
    change_estimate,
    create_estimate,
    decide_estimate,
    discard_estimate,
    submit_estimate,
)
from kitaphana.acquisitions.services.orders import (
    approve_overrun,
    cancel_order,
    close_order,
    create_order,
    pay,
    place_order,
)
from kitaphana.acquisitions.services.prices import add_supplier, note_price

__all__ = [
    "Came",
    "EstimateLineInput",
    "add_supplier",
    "approve_overrun",
    "cancel_order",
    "change_budget",
    "change_estimate",
    "close_order",
    "create_estimate",
    "create_order",
    "decide_estimate",
    "deliver",
    "discard_estimate",
    "note_price",
    "pay",
    "place_order",
    "raise_claim",
    "settle_claim",
    "submit_estimate",
]
