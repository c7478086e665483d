"""Refusals: every one has a stable code, a sentence for the person and a kind that becomes a status.

A domain lists its refusals in its ``errors.py``, one class each. Anything else that is raised is a bug.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule said no.

    ``code`` is stable for programs; ``message`` is a translatable template with named placeholders filled from
    ``params``; ``advice`` says what the person can do now.
    """

    status: ClassVar[int] = 422
    code: ClassVar[str] = "invalid"
    message: ClassVar[str | Promise] = _("This can't be done.")
    advice: ClassVar[str | Promise] = ""

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)

    @property
    def advice_text(self) -> str:
        """What the person can do now, in the language in force; may be empty."""
        return str(self.advice) % self.params if self.params else str(self.advice)


class Invalid(DomainError):
    """What was given can't be accepted as it is."""

    status = 422


class NotAllowed(DomainError):
    """The person's roles don't include this."""

    status = 403
    code = "not_allowed"
    message = _("Your role does not allow this.")
    advice = _("Ask the administrator of your organisation for the role.")


class NotFound(DomainError):
    """There is no such thing, or the person may not know that there is."""

    status = 404
    code = "not_found"
    message = _("Nothing was found here.")
    advice = _("Check the number or go back to the list.")


class Conflict(DomainError):
    """The state of things does not permit it."""

    status = 409
    code = "conflict"
    message = _("This does not fit the present state.")
