"""The fund app."""

from django.apps import AppConfig


class FundConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.fund"
    label = "fund"

    def ready(self) -> None:
        """Answer the catalogue's question: which libraries hold an edition."""
        from kitaphana.catalog import hooks
        from kitaphana.fund import queries

        hooks.library_ids_of = queries.library_ids_of
