"""A laboratory per test, its servers started and nothing of the product running yet."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attack.messages.laboratory import Laboratory
from tests.attack.messages.own_redis import OwnRedis
from tests.attack.messages.proxy import Proxy
from tests.smtp import Postbox, serve


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on this machine (Debian, Ubuntu: apt install redis-server)")
    # Not under tmp_path: a socket's path may have no more than 107 characters.
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        server = OwnRedis(Path(folder), program)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def laboratory(transactional_db: None, tmp_path: Path, own_redis: OwnRedis) -> Iterator[Laboratory]:
    post = Postbox()
    mail_server = serve(post)
    with Proxy(own_redis.socket) as to_redis, Proxy(mail_server.port) as to_smtp:
        laboratory = Laboratory(tmp_path, own_redis, to_redis, to_smtp, post)
        try:
            yield laboratory
        finally:
            laboratory.stop()
            print(laboratory.logs())  # pytest shows it where the test failed
    mail_server.stop()
