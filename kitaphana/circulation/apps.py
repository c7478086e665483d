"""The circulation app."""

from django.apps import AppConfig


class CirculationConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.circulation"
    label = "circulation"

    def ready(self) -> None:
        """Register the background work and the answers to what fund and people ask."""
        from kitaphana.circulation import answers, jobs, queries  # noqa: F401 - importing jobs registers them
        from kitaphana.fund import hooks as fund
        from kitaphana.people import hooks as people

        if answers.why_in_use not in fund.copies_in_use:
            fund.copies_in_use.append(answers.why_in_use)
        if queries.open_loan_counts not in people.open_loans_of:
            people.open_loans_of.append(queries.open_loan_counts)
