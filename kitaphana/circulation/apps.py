"""The circulation app."""

from django.apps import AppConfig


class CirculationConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.circulation"
    label = "circulation"

    def ready(self) -> None:
        """Register the background work, labels of the journal, and the answers to what fund and people
        ask."""
        from kitaphana.circulation import answers, jobs, queries
        from kitaphana.circulation.enums import Action
        from kitaphana.core import hooks as core
        from kitaphana.fund import hooks as fund
        from kitaphana.people import hooks as people

        core.action_labels.update((action.value, action.label) for action in Action)
        core.action_labels[jobs.EXPIRE_HOLDS] = jobs.LABEL
        if answers.why_in_use not in fund.copies_in_use:
            fund.copies_in_use.append(answers.why_in_use)
        fund.move_loans = answers.move_loans
        for count in (queries.open_loan_counts, queries.open_stock_loan_counts):
            if count not in people.open_loans_of:
                people.open_loans_of.append(count)
