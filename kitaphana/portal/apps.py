"""The portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.portal"
    label = "portal"
