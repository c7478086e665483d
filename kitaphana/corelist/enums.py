"""Choices of the core list and the actions of its journal."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EducationLevel(models.TextChoices):
    """Whom a list is for."""

    PRESCHOOL = "PRESCHOOL", _("Preschool education")
    PRIMARY = "PRIMARY", _("Primary education")
    BASIC = "BASIC", _("Basic secondary education")
    GENERAL = "GENERAL", _("General secondary education")
    VOCATIONAL = "VOCATIONAL", _("Technical and vocational education")
    HIGHER = "HIGHER", _("Higher education")


GRADES: Final[dict[str, tuple[int, int]]] = {
    EducationLevel.PRESCHOOL: (0, 0),
    EducationLevel.PRIMARY: (0, 4),
    EducationLevel.BASIC: (5, 9),
    EducationLevel.GENERAL: (10, 12),
}
"""First and last grade of a level; the others have none."""


class EntryKind(models.TextChoices):
    """The three parts of a list, as the roadmap names them."""

    DOMESTIC = "DOMESTIC", _("Domestic literature")
    FOREIGN = "FOREIGN", _("Foreign literature")
    SUBJECT = "SUBJECT", _("Literature on school subjects")


class Side(models.TextChoices):
    """Which ministry somebody signs for."""

    EDUCATION = "EDUCATION", _("Ministry of Education")
    CULTURE = "CULTURE", _("Ministry of Culture")


class State(models.TextChoices):
    """Where a version stands."""

    DRAFT = "DRAFT", pgettext_lazy("core list", "Proposals are gathered")
    REVIEW = "REVIEW", pgettext_lazy("core list", "Experts score")
    VOTE = "VOTE", pgettext_lazy("core list", "The commission votes")
    EDUCATION = "EDUCATION", pgettext_lazy("core list", "At the Ministry of Education")
    CULTURE = "CULTURE", pgettext_lazy("core list", "At the Ministry of Culture")
    APPROVED = "APPROVED", pgettext_lazy("core list", "Approved by both ministries")
    PUBLISHED = "PUBLISHED", pgettext_lazy("core list", "Published")


class Party(models.TextChoices):
    """Who can do something on the route."""

    EVERYONE = "EVERYONE", pgettext_lazy("core list", "Everyone entitled to propose")
    MANAGER = "MANAGER", pgettext_lazy("core list", "Keeper of the list")
    EXPERTS = "EXPERTS", pgettext_lazy("core list", "Experts of the commission")
    EDUCATION = "EDUCATION", _("Ministry of Education")
    CULTURE = "CULTURE", _("Ministry of Culture")


class Move(models.TextChoices):
    """What can be done with a version or inside it."""

    PROPOSE = "PROPOSE", pgettext_lazy("core list", "Propose titles")
    EDIT = "EDIT", pgettext_lazy("core list", "Merge, put off, correct")
    OPEN_REVIEW = "OPEN_REVIEW", pgettext_lazy("core list", "Give to the experts")
    SCORE = "SCORE", pgettext_lazy("core list", "Score")
    OPEN_VOTE = "OPEN_VOTE", pgettext_lazy("core list", "Open the vote")
    VOTE = "VOTE", pgettext_lazy("core list", "Vote")
    CLOSE_VOTE = "CLOSE_VOTE", pgettext_lazy("core list", "Close the vote")
    APPROVE = "APPROVE", pgettext_lazy("core list", "Approve")
    PUBLISH = "PUBLISH", pgettext_lazy("core list", "Publish")
    RETURN = "RETURN", pgettext_lazy("core list", "Send back")
    BEGIN = "BEGIN", pgettext_lazy("core list", "Begin a version")


class Change(models.TextChoices):
    """What a proposal asks for, or what became of an entry between two versions."""

    ADD = "ADD", pgettext_lazy("core list", "Add")
    CHANGE = "CHANGE", pgettext_lazy("core list", "Change")
    REMOVE = "REMOVE", pgettext_lazy("core list", "Take out")


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    OPEN = "OPEN", pgettext_lazy("proposal", "Under consideration")
    MERGED = "MERGED", pgettext_lazy("proposal", "Merged with another")
    DEFERRED = "DEFERRED", pgettext_lazy("proposal", "Put off until the next version")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("proposal", "Withdrawn")
    ACCEPTED = "ACCEPTED", pgettext_lazy("proposal", "Accepted")
    REJECTED = "REJECTED", pgettext_lazy("proposal", "Not accepted")


class Choice(models.TextChoices):
    """A vote."""

    YES = "YES", pgettext_lazy("vote", "For")
    NO = "NO", pgettext_lazy("vote", "Against")
    ABSTAIN = "ABSTAIN", pgettext_lazy("vote", "Abstain")


class GroupRole(models.TextChoices):
    """What somebody is in a working group."""

    CHAIR = "CHAIR", pgettext_lazy("working group", "Chair")
    SECRETARY = "SECRETARY", pgettext_lazy("working group", "Secretary")
    MEMBER = "MEMBER", pgettext_lazy("working group", "Member")


class Action(models.TextChoices):
    """Codes of the journal."""

    MAKE_LIST = "corelist.make_list", _("Core list made")
    CHANGE_LIST = "corelist.change_list", _("Core list changed")
    SET_CRITERIA = "corelist.set_criteria", _("Criteria of a core list set")
    NAME_APPROVER = "corelist.name_approver", _("Signatory of a ministry named")
    REMOVE_APPROVER = "corelist.remove_approver", _("Signatory of a ministry removed")
    APPOINT_EXPERT = "corelist.appoint_expert", _("Expert appointed to a commission")
    DISMISS_EXPERT = "corelist.dismiss_expert", _("Expert dismissed from a commission")
    BEGIN_VERSION = "corelist.begin_version", _("Version of a core list begun")
    STEP = "corelist.step", _("Step of a core list signed")
    PROPOSE = "corelist.propose", _("Title proposed for a core list")
    CHANGE_PROPOSAL = "corelist.change_proposal", _("Proposal changed")
    COMMENT = "corelist.comment", _("Proposal commented")
    MERGE = "corelist.merge", _("Proposals merged")
    DEFER = "corelist.defer", _("Proposal put off")
    WITHDRAW = "corelist.withdraw", _("Proposal withdrawn")
    REOPEN = "corelist.reopen", _("Proposal taken up again")
    IMPORT = "corelist.import_proposals", _("Proposals imported")
    DECLARE_CONFLICT = "corelist.declare_conflict", _("Conflict of interest declared")
    SCORE = "corelist.score", _("Proposal scored")
    VOTE = "corelist.vote", _("Vote given")
    MAKE_GROUP = "corelist.make_group", _("Working group made")
    CHANGE_GROUP = "corelist.change_group", _("Working group changed")
    ADD_MEMBER = "corelist.add_member", _("Member of a working group added")
    REMOVE_MEMBER = "corelist.remove_member", _("Member of a working group removed")
    HOLD_MEETING = "corelist.hold_meeting", _("Meeting of a working group noted")
    SIGN_MINUTES = "corelist.sign_minutes", _("Minutes signed")
    OPEN_CALL = "corelist.open_call", _("Call for experts opened")
    APPLY = "corelist.apply", _("Application of an expert sent")
    SCORE_APPLICATION = "corelist.score_application", _("Application of an expert scored")
    CLOSE_CALL = "corelist.close_call", _("Experts appointed by a call")
