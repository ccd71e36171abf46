"""The settings under test: the project's own, on a database made for tests.

The server is the embedded one unless ``DATABASE_URL`` names another.
"""

import os

from environs import Env

from cryoclinic import embedded

os.environ.setdefault("DEBUG", "1")
Env().read_env(str(embedded.PROJECT / ".env"), recurse=False)
if not os.environ.get("DATABASE_URL"):
    # In the environment, so that the processes that tests start find it too.
    os.environ["DATABASE_URL"] = embedded.TEST.start()
    os.environ["TEST_CLUSTER_STARTED"] = "1"

from cryoclinic.settings import *  # noqa: E402, F403 (reads the environment set above)

# A hash that takes long is what production wants and what a thousand tests don't.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
