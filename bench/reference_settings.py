"""The product's settings, with the reference page beside the product's own, and not for debugging.

``DEBUG`` keeps every query in memory and compiles templates anew: nothing to measure.
"""

from tests.settings import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.reference"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "bench/templates")  # noqa: F405
