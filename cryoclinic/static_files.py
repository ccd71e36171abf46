"""Addresses of static files, each worked out once per process: a page names some thirty."""

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.utils.functional import cached_property
from whitenoise.storage import CompressedManifestStaticFilesStorage


class _RememberedUrls:
    """Goes before a storage whose addresses do not change while the process runs."""

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    def url(self, name: str) -> str:
        found = self._known.get(name)
        if found is None:
            above: Any = super()
            found = self._known[name] = above.url(name)
        return found


class PlainStaticFiles(_RememberedUrls, StaticFilesStorage):
    """As they lie there, for development."""


class HashedStaticFiles(_RememberedUrls, CompressedManifestStaticFilesStorage):
    """Under names that change with the content, so that browsers keep them for good."""
