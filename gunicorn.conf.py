"""gunicorn: one request per worker process at a time; the database does the waiting.

Threads were measured to halve the throughput here: pages are built by Python code, which threads
take turns in. ``WEB_CONCURRENCY`` sets the number of workers, ``GUNICORN_CMD_ARGS`` anything else.
"""

import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryoclinic.settings")

from django.conf import settings  # needs the line above

wsgi_app = "cryoclinic.wsgi:application"
bind = f"127.0.0.1:{settings.PORT}"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(2 * (os.cpu_count() or 1) + 1, 9))
worker_class = "sync"
timeout = 30
graceful_timeout = 10
# A worker that grew is replaced, not all of them at the same moment.
max_requests = 5000
max_requests_jitter = 500
# The heartbeat is a file: kept in memory where that is possible, or a slow disk kills workers.
MEMORY = Path("/dev/shm")  # noqa: S108 (gunicorn makes an unnamed file there)
worker_tmp_dir = str(MEMORY) if MEMORY.is_dir() else None
control_socket_disable = True
# The application writes the request line, without paths (``cryoclinic/logs.py``).
accesslog = None
logconfig_dict = settings.LOGGING
