"""Commands of acquisitions."""

from kitaphana.acquisitions.services.budgets import change_budget
from kitaphana.acquisitions.services.deliveries import Came, deliver
from kitaphana.acquisitions.services.estimates import (
    EstimateLineInput,
    create_estimate,
    decide_estimate,
    submit_estimate,
)
from kitaphana.acquisitions.services.orders import approve_overrun, close_order, create_order, pay, place_order
from kitaphana.acquisitions.services.prices import add_supplier, note_price

__all__ = [
    "Came",
    "EstimateLineInput",
    "add_supplier",
    "approve_overrun",
    "change_budget",
    "close_order",
    "create_estimate",
    "create_order",
    "decide_estimate",
    "deliver",
    "note_price",
    "pay",
    "place_order",
    "submit_estimate",
]
