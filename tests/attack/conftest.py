"""A server under attack, and its desk."""

from collections.abc import Iterator

import pytest

from cryoclinic.models import User
from tests.fixtures import Practice
from tests.web import Visitor, WebServer, web_server


@pytest.fixture
def server(practice: Practice) -> Iterator[WebServer]:
    with web_server(workers=4) as running:
        yield running


@pytest.fixture
def desk(server: WebServer, reception: User) -> Visitor:
    return server.visitor(reception)
