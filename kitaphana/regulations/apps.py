"""The regulations app."""

from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.regulations"
    label = "regulations"
