"""Refusals of people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotAllowed, NotFound


class NameMissing(Invalid):
    """Nobody can be registered without a surname or a single name."""

    code = "people.name_missing"
    message = _("The name is missing.")
    advice = _("Write the surname and the given name.")


class BadIin(Invalid):
    """The IIN does not check."""

    code = "people.bad_iin"
    message = _("The IIN does not check.")
    advice = _("Compare the twelve digits with the document, or leave the field empty.")


class BadBirthDate(Invalid):
    """The day of birth lies in the future or too far back."""

    code = "people.bad_birth_date"
    message = _("The date of birth can't be right.")
    advice = _("Correct the date of birth.")


class IinOfAnother(Conflict):
    """The IIN belongs to somebody with another name."""

    code = "people.iin_of_another"
    message = _("This IIN belongs to a person with another name.")
    advice = _("Check the IIN and the name with the document.")


class AlreadyReader(Conflict):
    """The person is a reader of this library."""

    code = "people.already_reader"
    message = _("%(name)s is already a reader of this library, card %(card)s.")
    advice = _("Open the reader's card instead.")


class CardTaken(Conflict):
    """Another reader has the card."""

    code = "people.card_taken"
    message = _("The card %(card)s belongs to another reader.")
    advice = _("Give another card, or leave the number empty to get a new one.")


class BadCard(Invalid):
    """The card number has signs that a scanner can't type."""

    code = "people.bad_card"
    message = _("The card number %(card)s can't be used.")
    advice = _("Use digits, Latin letters and hyphens, up to 20 signs, with at least one digit.")


class LibraryHasNoNumber(Invalid):
    """The node is not a library."""

    code = "people.library_has_no_number"
    message = _("%(name)s has no library, so it has no readers.")
    advice = _("Open a library there first, on the page of the organisation.")


class ClassElsewhere(Invalid):
    """The class is of another school."""

    code = "people.class_elsewhere"
    message = _("The class is not one of this school.")
    advice = _("Choose a class of this school.")


class ClassExists(Conflict):
    """The school has this class in this year."""

    code = "people.class_exists"
    message = _("The class %(name)s already exists in this school year.")
    advice = _("Open the class from the list.")


class BadClass(Invalid):
    """Not a grade and letter."""

    code = "people.bad_class"
    message = _("“%(text)s” is not a class.")
    advice = _("Write the grade and the letter, for example 7А.")


class HasLeft(Conflict):
    """The reader has left the library."""

    code = "people.has_left"
    message = _("%(name)s has left this library.")
    advice = _("Return the reader first, on the reader's card.")


class HasNotLeft(Conflict):
    """The reader has not left."""

    code = "people.has_not_left"
    message = _("%(name)s is a reader here.")


class LoginTaken(Conflict):
    """Another account has the login."""

    code = "people.login_taken"
    message = _("The login %(login)s is used by another account.")
    advice = _("Choose another login.")


class BadLogin(Invalid):
    """Not a login."""

    code = "people.bad_login"
    message = _("“%(login)s” can't be a login.")
    advice = _("Use 3 to 80 Latin letters, digits, points, hyphens and underscores.")


class TooMany(Invalid):
    """More than one command may do."""

    code = "people.too_many"
    message = _("At most %(most)s at once.")
    advice = _("Do it class by class.")


class RoleTooStrong(NotAllowed):
    """Nobody gives rights that they lack."""

    code = "people.role_too_strong"
    message = _("You can't give or take the role “%(role)s” here: it permits more than your own roles.")
    advice = _("Ask somebody whose role permits it.")


class OwnRole(Conflict):
    """Nobody takes the right to assign roles from themselves."""

    code = "people.own_role"
    message = _("You can't take this role from yourself.")
    advice = _("Ask another administrator.")


class UnknownReader(NotFound):
    """No reader of this library has the card."""

    code = "people.unknown_reader"
    message = _("No reader of this library has the card %(card)s.")
    advice = _("Scan again or look for the reader by name.")


class UnknownUser(NotFound):
    """No account has the login."""

    code = "people.unknown_user"
    message = _("There is no account with the login %(login)s.")
    advice = _("Make the account first.")


class UnreadableFile(Invalid):
    """Neither a table of text nor a workbook."""

    code = "people.unreadable_file"
    message = _("The file %(name)s could not be read as a table.")
    advice = _("Save the list as CSV or XLSX and try again.")


class NoNameColumn(Invalid):
    """The table has no column with names."""

    code = "people.no_name_column"
    message = _("No column of the table is called “surname” or “full name”.")
    advice = _("Put names of columns into the first row: surname, given name, birth date, class.")


class FileTooLarge(Invalid):
    """More rows or bytes than one school can have."""

    code = "people.file_too_large"
    message = _("The file is too large: at most %(rows)s rows and %(megabytes)s MB.")
    advice = _("Split the list and load it in parts.")


class UploadGone(NotFound):
    """The uploaded list was imported or forgotten."""

    code = "people.upload_gone"
    message = _("The uploaded list is no longer kept.")
    advice = _("Upload the file again; nobody is doubled by it.")


class NoWorkplace(Conflict):
    """The person has chosen no library, or has none within reach."""

    code = "people.no_workplace"
    message = _("You have not chosen a library to work in.")
    advice = _("Choose one at the top of the page; if there is none, ask the administrator for a role.")


class NobodyChosen(Invalid):
    """No reader was marked."""

    code = "people.nobody_chosen"
    message = _("No reader is chosen.")
    advice = _("Mark readers in the list or open a class.")
