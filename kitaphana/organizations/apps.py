"""The organizations app."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """See the package's docstring."""

    name = "kitaphana.organizations"
    label = "organizations"
