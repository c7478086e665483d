"""The circulation app."""

from django.apps import AppConfig


class CirculationConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.circulation"
    label = "circulation"
