"""The fund app."""

from django.apps import AppConfig


class FundConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.fund"
    label = "fund"
