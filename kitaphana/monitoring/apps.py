"""The monitoring app."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.monitoring"
    label = "monitoring"
