"""The campaigns app."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.campaigns"
    label = "campaigns"
