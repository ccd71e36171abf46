"""Redis is the worker's affair: while it is away, nobody in front of a page notices."""

import json
import secrets

import pytest

from cryoclinic.models import User
from tests.factories import PASSWORD
from tests.web import Visitor, free_port, web_server


@pytest.mark.django_db(transaction=True)
def test_people_sign_in_and_wrong_links_are_answered(reception: User) -> None:
    with web_server(workers=1, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0") as server:
        csrf = secrets.token_hex(16)
        stranger = Visitor(port=server.port, csrf=csrf, cookies=f"csrftoken={csrf}")

        def sign_in(password: str) -> int:
            data = {"login": reception.username, "password": password}
            return stranger.post("/accounts/login/", data).status

        assert sign_in("wrong") == 200
        assert sign_in(PASSWORD) == 302
        assert stranger.get("/v/1.1.1~wrong/").status == 404
        assert server.visitor(reception).get("/board/").status == 200

        ready = stranger.get("/readyz")
        assert (ready.status, json.loads(ready.body)["broker"]) == (503, "unreachable")
