"""Static files with their hash in the name, compressed once, so that a browser keeps them for a year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites imports between our ES modules to the hashed names."""

    support_js_module_import_aggregation = True
    # A missing picture must not break a page.
    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The hashed name; the plain one where the file was not collected: a page without looks beats no page."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            return name

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress everything but the documentation page of the API, which few open and which takes ten seconds."""
        yield from super().compress_files([path for path in paths if not path.startswith("ninja/")])
