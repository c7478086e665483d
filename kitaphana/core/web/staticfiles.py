"""Static files with their hash in the name, compressed once, so that a browser keeps them for a year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def post_process(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Hash and compress the collected files; what was remembered of their addresses is forgotten."""
        yield from super().post_process(*args, **kwargs)
        self._addresses.clear()

    def url(self, name: str | None, force: bool = False) -> str:
        """The address of a file, remembered: pages ask for some forty, which never change while the program runs."""
        if settings.DEBUG or force or name is None:
            return str(super().url(name, force))
        known = self._addresses.get(name)
        if known is None:
            known = self._addresses[name] = str(super().url(name, force))
        return known
