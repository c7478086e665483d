"""Refusals of acquisitions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class CommandReused(Conflict):
    """The id of the command belongs to another one."""

    code = "acquisitions.command_reused"
    message = _("This form was sent already with other contents.")
    advice = _("Open the page anew and repeat.")


class BadSupplier(Invalid):
    """No name, or the BIN does not check."""

    code = "acquisitions.bad_supplier"
    message = _("A supplier needs a name and a correct BIN.")
    advice = _("Copy both from the supplier's contract.")


class BadAmount(Invalid):
    """A sum, price or quantity that makes no sense."""

    code = "acquisitions.bad_amount"
    message = _("«%(value)s» can't be the sum, price or quantity here.")
    advice = _("Correct the figure.")


class BadChoice(Invalid):
    """An unknown source of funds, kind or line."""

    code = "acquisitions.bad_choice"
    message = _("«%(value)s» can't be chosen here.")
    advice = _("Choose one of what is offered.")


class NothingToBuy(Invalid):
    """An estimate, order or delivery without lines."""

    code = "acquisitions.no_lines"
    message = _("There is nothing in it.")
    advice = _("Add at least one title with a quantity.")


class ForeignLibrary(Invalid):
    """A recipient outside the organisation that buys."""

    code = "acquisitions.foreign_library"
    message = _("«%(name)s» is not a library of this organisation.")
    advice = _("Choose a school library below the organisation.")


class WrongState(Conflict):
    """The estimate or order is not where the command needs it."""

    code = "acquisitions.wrong_state"
    message = _("This is not possible now: «%(state)s».")
    advice = _("Look at what was done with it meanwhile.")


class ReasonMissing(Invalid):
    """A change of money or a refusal needs a reason."""

    code = "acquisitions.reason_missing"
    message = _("The reason is missing.")
    advice = _("Write in a few words why.")


class BudgetBelowOrders(Conflict):
    """The budget would become less than what is bound by orders."""

    code = "acquisitions.budget_below_orders"
    message = _("Orders bind %(bound)s ₸ of this budget already.")
    advice = _("Leave at least this sum, or close orders first.")


class BeyondBudget(Conflict):
    """The order is larger than what is free and nobody approved the overrun."""

    code = "acquisitions.beyond_budget"
    message = _("The order is %(excess)s ₸ beyond the budget.")
    advice = _("Make the order smaller, or ask the head of the organisation to approve the overrun.")


class MoreThanOrdered(Conflict):
    """More is delivered than is still expected."""

    code = "acquisitions.more_than_ordered"
    message = _("«%(title)s»: only %(left)s are still expected.")
    advice = _("Enter what was ordered; receive a surplus by an act of its own.")


class MoreThanBound(Conflict):
    """A payment beyond what the order binds, or an order closed with less delivered than paid."""

    code = "acquisitions.more_than_bound"
    message = _("More would be paid than the order is worth: %(excess)s ₸.")
    advice = _("Check the payments and deliveries of the order.")


class EstimateNotFound(NotFound):
    """No such estimate within reach."""

    code = "acquisitions.estimate_not_found"
    message = _("There is no such estimate here.")
    advice = _("Choose it from the list of estimates.")


class OrderNotFound(NotFound):
    """No such order within reach."""

    code = "acquisitions.order_not_found"
    message = _("There is no such order to a supplier here.")
    advice = _("Choose it from the list of orders.")


class ClaimNotFound(NotFound):
    """No such claim within reach."""

    code = "acquisitions.claim_not_found"
    message = _("There is no such claim here.")
    advice = _("Open it from its order.")


class TitleNotFound(NotFound):
    """No edition with that ISBN."""

    code = "acquisitions.title_not_found"
    message = _("No edition with ISBN «%(isbn)s» is in the catalogue.")
    advice = _("Check the number, or describe the edition first.")
