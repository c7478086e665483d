"""Commands of the core lists."""

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
    "ListFacts",
    "ProposalFacts",
    "appoint_expert",
    "begin_version",
    "change_list",
    "change_proposal",
    "comment",
    "declare_conflict",
    "defer_proposal",
    "digest_of",
    "dismiss_expert",
    "make_list",
    "merge_proposal",
    "name_approver",
    "propose",
    "remove_approver",
    "reopen_proposal",
    "score",
    "set_criteria",
    "take_step",
    "vote",
    "withdraw_proposal",
]
