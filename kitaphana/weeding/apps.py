"""The weeding app."""

from django.apps import AppConfig


class WeedingConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.weeding"
    label = "weeding"
