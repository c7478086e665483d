"""The WSGI application."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitaphana.project.settings")

application = get_wsgi_application()

from kitaphana.project import background, options  # noqa: E402 - Django must be set up before

if options.flag("KITAPHANA_BACKGROUND"):
    background.start()
