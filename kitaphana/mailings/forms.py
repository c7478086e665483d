"""Forms of mailings: shape of input only, the rules are in the commands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitaphana.mailings.attachments import ACCEPT, File
from kitaphana.mailings.enums import LetterKind
from kitaphana.mailings.services import LONGEST


class Files(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class LetterForm(forms.Form):
    """What is written; who gets it is chosen in the tree beside it."""

    kind = forms.ChoiceField(label=pgettext_lazy("mail", "Kind"), choices=LetterKind.choices)
    subject = forms.CharField(label=pgettext_lazy("of a letter", "Subject"), max_length=200)
    text = forms.CharField(
        label=pgettext_lazy("of a letter", "Text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("An empty line begins a paragraph; addresses of pages become links."),
    )
    answer_by = forms.DateField(
        label=_("Answer until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Only for a request."),
    )
    attached = forms.Field(
        label=_("Files"),
        required=False,
        widget=Files(attrs={"multiple": True, "accept": ACCEPT}),
        help_text=_("At most five: PDF, DOCX, XLSX or pictures, each up to 10 MB."),
    )

    def uploads(self) -> list[File]:
        """The files that came with it."""
        chosen: Any = self.files.getlist("attached") if hasattr(self.files, "getlist") else []
        return [File(one.name, one.read(11 * 1024 * 1024)) for one in chosen[:6]]
