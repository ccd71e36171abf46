"""The laboratory of the messages' proofs, with the worker looking at courses every second."""

import pytest

from tests.attack.messages.conftest import laboratory as laboratory
from tests.attack.messages.conftest import own_redis as own_redis
from tests.attack.messages.laboratory import Laboratory


@pytest.fixture
def workshop(laboratory: Laboratory) -> Laboratory:
    laboratory.settings = "tests.attack.mending.settings"
    return laboratory
