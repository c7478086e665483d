"""Why a catalogue gave nothing, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, Promise] = {
    "copycat.too_slow": _("It did not answer in time."),
    "copycat.not_reached": _("It can't be reached now."),
    "copycat.refused": _("It refuses: %(details)s."),
    "copycat.bad_answer": _("Its answer can't be read."),
    "copycat.too_large": _("Its answer is too large."),
    "copycat.bad_address": _("Its address is not right; tell the administrator."),
    "copycat.diagnostic": _("It says: %(details)s"),
    "copycat.no_yaz": _("Z39.50 needs the system's package «yaz», which is not installed here."),
}
