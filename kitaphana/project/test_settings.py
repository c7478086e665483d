"""Settings of the test suite: the real ones with a throw-away data folder and cheap password hashing."""

from __future__ import annotations

import os
import tempfile

os.environ["KITAPHANA_DATA"] = tempfile.mkdtemp(prefix="kitaphana-test-")
os.environ.setdefault("KITAPHANA_SECRET_KEY", "only for tests")

from kitaphana.project.settings import *  # noqa: F403 - the data folder must be named before settings are read

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["*"]
