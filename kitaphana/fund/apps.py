"""The fund app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.fund"
    label = "fund"

    def ready(self) -> None:
        """Answer the catalogue's question, which libraries hold an edition, and name the actions of the
        journal."""
        from kitaphana.catalog import hooks
        from kitaphana.core import hooks as core
        from kitaphana.fund import jobs, queries
        from kitaphana.fund.enums import WithdrawalReason
        from kitaphana.fund.services import merging
        from kitaphana.regulations import parameters

        hooks.library_ids_of = queries.library_ids_of
        hooks.followers["fund"] = hooks.Follower(merging.move, merging.back)
        hooks.followed |= merging.FOLLOWED
        parameters.choices["withdrawal_reasons"] = lambda: [(one.value, str(one.label)) for one in WithdrawalReason]
        core.job_pages[jobs.OPENING] = "fund:opening_run"
        core.action_labels |= {
            jobs.OPENING: _("Opening balance from a file"),
            "fund.receive": _("Books received by an act"),
            "fund.reconcile": _("Balances reconciled with the accountant"),
            "fund.open": _("Opening balance taken over by an act"),
            "fund.write_off": _("Books written off by an act"),
            "fund.replace_lost": _("Lost book replaced by an act"),
            "fund.reverse": _("Act reversed"),
            "fund.send": _("Books sent to another library"),
            "fund.convert": _("Way of accounting changed by an act"),
            "fund.approve": _("Act approved"),
            "fund.refuse": _("Act refused"),
            "fund.close_period": _("Period closed"),
        }
