"""Printed papers of people: reader's cards, strips with logins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from barcode.codex import Code128
from django.utils import translation
from django.utils.translation import gettext as _

from kitaphana.core.documents.render import pdf
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership
from kitaphana.people.services import NewAccount

TEMPLATES = Path(__file__).resolve().parent / "typst"


def bars(number: str) -> list[int]:
    """Widths of the bars and spaces of a Code 128 barcode in modules, a bar first."""
    modules = Code128(number).build()[0]
    widths: list[int] = []
    previous = ""
    for module in modules:
        if module == previous:
            widths[-1] += 1
        else:
            widths.append(1)
            previous = module
    return widths


def cards_pdf(library: Organization, memberships: Sequence[Membership], *, language: str) -> bytes:
    """Reader's cards, ten to an A4 sheet, to be cut: name, class, card number as digits and as Code 128.

    The IIN and the day of birth are never on a card.
    """
    with translation.override(language):
        cards: list[dict[str, Any]] = [
            {
                "name": one.person.full_name,
                "group": one.school_class.name if one.school_class else one.get_category_display(),
                "label": _("Class") if one.school_class else _("Category"),
                "number": one.card_number,
                "bars": bars(one.card_number),
                "valid": one.valid_until,
            }
            for one in memberships
        ]
        data = {
            "title": _("Reader's card"),
            "library": library.name,
            "valid_label": _("Valid until"),
            "cards": cards,
        }
        return pdf(TEMPLATES / "cards.typ", data, language=language)


def accounts_pdf(library: Organization, accounts: Sequence[NewAccount], *, address: str, language: str) -> bytes:
    """Strips of paper, one for each reader: address, login, one-time password."""
    with translation.override(language):
        strips = []
        for one in accounts:
            membership = one.membership
            group = membership.school_class.name if membership and membership.school_class else ""
            strips.append(
                {
                    "name": membership.person.full_name if membership else one.user.login,
                    "group": group,
                    "login": one.user.login,
                    "password": one.password,
                }
            )
        data = {
            "title": _("Sign in to the library"),
            "library": library.name,
            "address_label": _("Address"),
            "address": address,
            "login_label": _("Login"),
            "password_label": _("One-time password"),
            "note": _("You will be asked to choose your own password."),
            "empty": _("Nobody needed a new password."),
            "strips": strips,
        }
        return pdf(TEMPLATES / "accounts.typ", data, language=language)
