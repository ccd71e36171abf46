"""The product's settings for the worker that is measured: not for debugging, files in a folder."""

from tests.e2e.settings import *  # noqa: F403

DEBUG = False
