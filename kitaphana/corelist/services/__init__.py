"""Commands of the core lists."""

from kitaphana.corelist.services.calls import apply_as_expert, close_call, open_call, ranking, score_application
from kitaphana.corelist.services.groups import (
    GroupFacts,
    add_member,
    minutes_digest,
    remove_member,
    save_group,
    save_meeting,
    sign_minutes,
)
from kitaphana.corelist.services.imports import import_proposals, plan_import
from kitaphana.corelist.services.judging import declare_conflict, score, vote
from kitaphana.corelist.services.lists import (
    CriterionFacts,
    ListFacts,
    appoint_expert,
    change_list,
    dismiss_expert,
    make_list,
    name_approver,
    remove_approver,
    set_criteria,
)
from kitaphana.corelist.services.proposals import (
    ProposalFacts,
    change_proposal,
    comment,
    defer_proposal,
    merge_proposal,
    propose,
    reopen_proposal,
    withdraw_proposal,
)
from kitaphana.corelist.services.route import begin_version, digest_of, take_step

__all__ = [
    "CriterionFacts",
    "GroupFacts",
    "ListFacts",
    "ProposalFacts",
    "add_member",
    "apply_as_expert",
    "appoint_expert",
    "begin_version",
    "change_list",
    "change_proposal",
    "close_call",
    "comment",
    "declare_conflict",
    "defer_proposal",
    "digest_of",
    "dismiss_expert",
    "import_proposals",
    "make_list",
    "merge_proposal",
    "minutes_digest",
    "name_approver",
    "open_call",
    "plan_import",
    "propose",
    "ranking",
    "remove_approver",
    "remove_member",
    "reopen_proposal",
    "save_group",
    "save_meeting",
    "score",
    "score_application",
    "set_criteria",
    "sign_minutes",
    "take_step",
    "vote",
    "withdraw_proposal",
]
