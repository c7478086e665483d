"""Refusals of renewal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import DomainError, NotFound


class NothingToPlan(DomainError):
    """Every title of the list is there in the needed number."""

    code = "renewal.nothing_to_plan"
    message = _("Nothing is missing: there is nothing to plan.")
    advice = _("Check the numbers of pupils if this surprises you.")


class BadBudget(DomainError):
    """A sum is not one."""

    code = "renewal.bad_budget"
    message = _("The budget must be a sum in tenge, not below zero.")
    advice = _("Write digits only, or leave the field empty where money is not limited.")


class TooWide(DomainError):
    """A plan is made where money is spent."""

    code = "renewal.too_wide"
    message = _("A plan is made for a library or for a district.")
    advice = _("Choose a district; the region and the country add their plans up.")


class PlanNotFound(NotFound):
    """No such plan within reach."""

    code = "renewal.plan_not_found"
    message = _("There is no such plan.")
    advice = _("Open it from the page of the library or the district.")
