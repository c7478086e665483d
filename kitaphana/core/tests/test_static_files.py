"""Addresses of static files: hashed when collected, remembered, and forgotten when collected anew."""

import pytest
from django.core.files.storage import FileSystemStorage

from kitaphana.core.web.staticfiles import HashedStaticFiles

pytestmark = pytest.mark.once


def test_addresses_follow_what_was_collected_last(settings, tmp_path):
    settings.DEBUG = False
    storage = HashedStaticFiles(location=tmp_path, base_url="/static/")
    assert storage.url("a.css") == "/static/a.css"
    for colour in ("red", "green"):
        (tmp_path / "a.css").write_text(f"a {{ color: {colour} }}", encoding="utf-8")
        before = storage.url("a.css")
        list(storage.post_process({"a.css": (FileSystemStorage(location=tmp_path), "a.css")}))
        assert storage.url("a.css") != before
        assert storage.url("a.css") == storage.url("a.css")
