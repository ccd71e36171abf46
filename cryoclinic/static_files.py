"""Addresses of static files, each worked out once per process: a page names some thirty."""

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.utils.functional import cached_property
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PlainStaticFiles(StaticFilesStorage):
    """As they lie there, for development. Addresses do not change while the process runs."""

    @cached_property
    def _known(self) -> dict[str | None, str]:
        return {}

    def url(self, name: str | None) -> str:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = super().url(name)
        return found


class HashedStaticFiles(PlainStaticFiles, CompressedManifestStaticFilesStorage):
    """Under names that change with the content, so that browsers keep them for good."""
