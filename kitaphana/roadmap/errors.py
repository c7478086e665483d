"""Refusals of the roadmap."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import DomainError, NotFound


class MeasureNotFound(NotFound):
    """No such measure."""

    code = "roadmap.measure_not_found"
    message = _("The roadmap has no measure “%(code)s”.")
    advice = _("Open it from the board.")


class BadValue(DomainError):
    """A number is not one."""

    code = "roadmap.bad_value"
    message = _("The value must be a number from 0 on, with at most two decimals.")
    advice = _("Write it like 12.5 or 12,5, without a sign and without words.")


class BadYear(DomainError):
    """A year the roadmap does not speak of."""

    code = "roadmap.bad_year"
    message = _("The roadmap does not speak of the year %(year)s.")
    advice = _("Choose a year from 2015 to 2060.")


class FutureYear(DomainError):
    """A value cannot be known yet."""

    code = "roadmap.future_year"
    message = _("The year %(year)s has not begun: there is no value to enter.")
    advice = _("Set its target instead.")


class ReasonNeeded(DomainError):
    """A change must be explained."""

    code = "roadmap.reason_needed"
    message = _("Say why: the target was set before, or its year is over.")
    advice = _("Name the decision or the paper that changes it.")


class EvidenceNeeded(DomainError):
    """An entered value or a proof without words."""

    code = "roadmap.evidence_needed"
    message = _("Name the evidence: a paper with its number and date, or a page.")
    advice = _("For example: “Order No. 15 of 12 February 2026”.")


class BadLink(DomainError):
    """An address that leads nowhere on the web."""

    code = "roadmap.bad_link"
    message = _("The link must be an address that begins with https:// or http://.")
    advice = _("Copy it from the address line, or leave the field empty.")


class IsComputed(DomainError):
    """The system counts this measure itself."""

    code = "roadmap.is_computed"
    message = _("This measure is computed from records and can't be entered for %(year)s.")
    advice = _("Correct the records; the value follows by itself.")


class TooLow(DomainError):
    """Targets are set for the country, regions and districts."""

    code = "roadmap.too_low"
    message = _("Targets and entered values belong to the country, a region or a district.")
    advice = _("Choose one of the nodes above.")


class BadRule(DomainError):
    """Bounds of the traffic light that contradict each other."""

    code = "roadmap.bad_rule"
    message = _("Amber must begin above 0 % and not above green; green at most at 200 %.")
    advice = _("Usual bounds are 100 and 80.")


class NothingToWithdraw(NotFound):
    """No such evidence, or it was withdrawn, or a value stands on it."""

    code = "roadmap.nothing_to_withdraw"
    message = _("This evidence can't be withdrawn: it is gone already, or an entered value stands on it.")
    advice = _("Enter a new value with other evidence instead.")
