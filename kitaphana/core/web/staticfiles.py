"""Static files with their hash in the name, compressed once, so that a browser keeps them for a year."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites imports between our ES modules to the hashed names."""

    support_js_module_import_aggregation = True
    # A missing picture must not break a page.
    manifest_strict = False
