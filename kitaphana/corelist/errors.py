"""Refusals of the core list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotAllowed, NotFound


class BadList(Invalid):
    """Settings of a list that cannot be."""

    code = "corelist.bad_list"
    message = _(
        "A list needs a Kazakh name, an age from 0 to 99, a quorum from 1 to 100 percent and a majority from 1 to 99 percent."
    )
    advice = _("Correct the settings and send them again.")


class ListExists(Conflict):
    """There is a list of that level, language and age."""

    code = "corelist.list_exists"
    message = _("There is a list for this level, language and age already.")
    advice = _("Open it and begin its next version.")


class NotACountry(Invalid):
    """Core lists are national."""

    code = "corelist.not_a_country"
    message = _("The list of core literature belongs to the country, not to «%(name)s».")


class BadCriteria(Invalid):
    """Criteria without names, or with impossible weights."""

    code = "corelist.bad_criteria"
    message = _("Each criterion needs a name of its own and a weight from 1 to 100.")
    advice = _("Correct the criteria and send them again.")


class CriteriaInUse(Conflict):
    """Experts have scored by them."""

    code = "corelist.criteria_in_use"
    message = _("Experts score by these criteria now.")
    advice = _("Change the criteria before the version is given to the experts.")


class UnknownUser(NotFound):
    """No such account."""

    code = "corelist.unknown_user"
    message = _("There is no account «%(login)s».")
    advice = _("Check the login; the administrator makes accounts.")


class UserCannot(Conflict):
    """The account lacks the role."""

    code = "corelist.user_cannot"
    message = _("The role of «%(login)s» does not allow this.")
    advice = _("Give the account the role first.")


class OtherSide(Conflict):
    """One person may not sign for both ministries."""

    code = "corelist.other_side"
    message = _("One person may not sign for both ministries.")
    advice = _("Name another person for this ministry.")


class NotSignatory(NotAllowed):
    """The ministry's signature is asked of another person."""

    code = "corelist.not_signatory"
    message = _("You are not named to sign this list for %(side)s.")
    advice = _("The keeper of the list names those who sign.")


class NotInCommission(NotAllowed):
    """Only experts of the commission score and vote."""

    code = "corelist.not_in_commission"
    message = _("You are not in the commission of this list.")
    advice = _("The keeper of the list appoints experts.")


class VersionUnderWay(Conflict):
    """One version at a time."""

    code = "corelist.version_under_way"
    message = _("Version %(number)s is under way.")
    advice = _("The next one begins when it is published.")


class NotNow(Conflict):
    """The table has no such move in this state."""

    code = "corelist.not_now"
    message = _("«%(move)s» can't be done now. State of the version: %(state)s.")
    advice = _("See the page on which everybody finds what waits for whom.")


class CommentNeeded(Invalid):
    """Who sends back says why."""

    code = "corelist.comment_needed"
    message = _("Say why the version is sent back.")
    advice = _("Write the reason and send it again.")


class NotReady(Conflict):
    """Something is missing before the version can go on."""

    code = "corelist.not_ready"
    message = _("The version can't go on yet: %(why)s")


class BadProposal(Invalid):
    """A proposal that lacks what it needs."""

    code = "corelist.bad_proposal"
    message = _("A proposal needs a title, a reason, grades of the level and a norm from 1 to 1000 pupils a copy.")
    advice = _("Complete the proposal and send it again.")


class AlreadyProposed(Conflict):
    """There is an open proposal of the title."""

    code = "corelist.already_proposed"
    message = _("«%(title)s» is proposed already.")
    advice = _("Say what you think in the discussion of that proposal.")


class AlreadyListed(Conflict):
    """The published version has it exactly so."""

    code = "corelist.already_listed"
    message = _("«%(title)s» is in the list exactly so.")
    advice = _("Propose other grades or another norm, or propose to take it out.")


class NotListed(Conflict):
    """What is not in the list can't be taken out."""

    code = "corelist.not_listed"
    message = _("«%(title)s» is not in the published version.")


class ProposalClosed(Conflict):
    """The proposal is decided, merged or withdrawn."""

    code = "corelist.proposal_closed"
    message = _("The proposal is closed: %(state)s.")


class CannotMerge(Invalid):
    """A proposal merges only with another open one of the same list and intent."""

    code = "corelist.cannot_merge"
    message = _("These proposals can't be merged.")
    advice = _("Choose another open proposal of the same list that asks for the same.")


class EmptyComment(Invalid):
    """Nothing was said, or too much."""

    code = "corelist.empty_comment"
    message = _("A comment holds from 1 to 2000 letters.")


class Conflicted(Conflict):
    """A conflicted expert neither scores nor votes on the title."""

    code = "corelist.conflicted"
    message = _("You have declared a conflict of interest on «%(title)s»: you neither score it nor vote on it.")


class ReasonNeeded(Invalid):
    """A conflict is declared with its reason."""

    code = "corelist.reason_needed"
    message = _("Say in a few words what the conflict of interest is.")


class BadPoints(Invalid):
    """Points out of their bounds."""

    code = "corelist.bad_points"
    message = _("Points go from 0 to 10.")


class BadChoice(Invalid):
    """Neither yes, no nor abstention."""

    code = "corelist.bad_choice"
    message = _("A vote is for, against or an abstention.")


class NoTitleColumn(Invalid):
    """The file has no header that we understand, or too many rows."""

    code = "corelist.no_title_column"
    message = _("No column with titles or ISBNs was found, or the file has more than 1000 rows.")
    advice = _("Name the columns in the first row: ISBN, title, author, grades, reason; the model file shows how.")


class BadGroup(Invalid):
    """A working group without name or mandate, or with impossible dates."""

    code = "corelist.bad_group"
    message = _("A working group needs a Kazakh name, a mandate and a first day before its last one.")
    advice = _("Correct the form and send it again.")


class MemberExists(Conflict):
    """The person is in the group, or the group has a chair."""

    code = "corelist.member_exists"
    message = _("The person is in the group already, or the group has a chair.")


class BadMeeting(Invalid):
    """A meeting without agenda, or attended by strangers."""

    code = "corelist.bad_meeting"
    message = _("A meeting needs an agenda and those of the members who came.")


class MinutesSigned(Conflict):
    """Signed minutes are closed."""

    code = "corelist.minutes_signed"
    message = _("The minutes are signed and closed.")


class BadCall(Invalid):
    """A call that cannot be."""

    code = "corelist.bad_call"
    message = _("A call needs a text, from 1 to 100 places and a last day that is still to come.")
    advice = _("Correct the call and send it again.")


class CallOpen(Conflict):
    """One call at a time."""

    code = "corelist.call_open"
    message = _("The list has an open call already.")
    advice = _("Decide it first.")


class CallClosed(Conflict):
    """The call is decided, or its last day is over."""

    code = "corelist.call_closed"
    message = _("The call takes this no longer.")


class BadApplication(Invalid):
    """An application without a statement."""

    code = "corelist.bad_application"
    message = _("An application says in 1 to 4000 letters what speaks for you.")


class OwnApplication(NotAllowed):
    """Nobody scores themselves."""

    code = "corelist.own_application"
    message = _("Nobody scores their own application.")


class NotAllScored(Conflict):
    """Applicants lack points."""

    code = "corelist.not_all_scored"
    message = _("«%(name)s» has no points by every criterion yet.")
    advice = _("Score all applicants, then appoint.")
