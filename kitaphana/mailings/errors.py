"""Refusals of mailings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class LetterNotFound(NotFound):
    """No such letter within reach."""

    code = "mailings.letter_not_found"
    message = _("There is no such letter.")
    advice = _("Open it from the list of letters.")


class NoRecipients(Invalid):
    """Nobody would get it."""

    code = "mailings.no_recipients"
    message = _("No organisation is chosen.")
    advice = _("Tick a place with a kind of organisations, or single organisations.")


class ForeignRecipient(Invalid):
    """Somebody who does not stand below the sender."""

    code = "mailings.foreign_recipient"
    message = _("A letter goes only to organisations below the sender.")
    advice = _("Take the organisations of other places out of the choice.")


class EmptyLetter(Invalid):
    """Nothing is written."""

    code = "mailings.empty_letter"
    message = _("A letter needs a subject and a text.")
    advice = _("Write both and send it again.")


class BadAnswerDay(Invalid):
    """A request says until when, and other letters don't."""

    code = "mailings.bad_answer_day"
    message = _("A request needs a day for the answer that has not passed.")
    advice = _("Choose today or a later day.")


class BadAttachment(Invalid):
    """The file is not of a kind that is passed on."""

    code = "mailings.bad_attachment"
    message = _("The file «%(name)s» can't be attached.")
    advice = _("Attach at most five files of PDF, DOCX, XLSX, PNG, JPEG or WebP, each up to 10 MB.")


class ReminderTooSoon(Conflict):
    """Everybody to be reminded was reminded today, or nobody is left."""

    code = "mailings.reminder_too_soon"
    message = _("There is nobody to remind now.")
    advice = _("An organisation is reminded at most once a day, and only until it has read and answered.")


class ReasonMissing(Invalid):
    """A withdrawal without a reason."""

    code = "mailings.reason_missing"
    message = _("A withdrawal needs a reason.")
    advice = _("Write in a sentence why the letter no longer holds.")


class Withdrawn(Conflict):
    """The letter was withdrawn."""

    code = "mailings.withdrawn"
    message = _("The letter was withdrawn.")
    advice = _("It stays for reading; nothing more is done with it.")


class NoAnswerWanted(Conflict):
    """The letter asks for none."""

    code = "mailings.no_answer_wanted"
    message = _("This letter asks for no answer.")
    advice = _("Answers are given to requests only.")


class AnsweredAlready(Conflict):
    """One answer of an organisation."""

    code = "mailings.answered_already"
    message = _("Your organisation has answered already.")
    advice = _("The answer stands below the letter.")


class EmptyAnswer(Invalid):
    """Nothing is written."""

    code = "mailings.empty_answer"
    message = _("The answer is empty.")
    advice = _("Write the answer and send it again.")
