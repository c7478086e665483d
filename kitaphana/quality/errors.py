"""Refusals of the quality of the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid


class BadOperation(Invalid):
    """A batch change that can't be carried out."""

    code = "quality.bad_operation"
    message = _("This change can't be made: %(reason)s")
    advice = _("Say which field (three digits) and, for a subfield, its letter and the text.")


class ProtectedField(Invalid):
    """A field that identifies the record."""

    code = "quality.protected_field"
    message = _("Field %(tag)s is not changed in a batch.")
    advice = _("Numbers of records, the leader and fixed fields are changed one record at a time.")


class NothingChosen(Invalid):
    """A batch over the whole catalogue by mistake."""

    code = "quality.nothing_chosen"
    message = _("No records are chosen.")
    advice = _("Write what to search for, or choose a rule that the records do not keep.")


class BatchOver(Conflict):
    """A batch in another state."""

    code = "quality.batch_over"
    message = _("This batch change is not waiting for that.")
    advice = _("Open it again to see how it stands.")


NO_TAG = _("the field is not named.")
NO_CODE = _("the subfield is not named.")
NO_TEXT = _("the text is missing.")
