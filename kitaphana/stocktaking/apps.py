"""The stocktaking app."""

from django.apps import AppConfig


class StocktakingConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.stocktaking"
    label = "stocktaking"
