"""The REST API: assembles the domains' ``api.py`` under ``/api/v1/``."""
