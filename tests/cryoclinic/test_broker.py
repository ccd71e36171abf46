"""The broker without Redis: several processes share one folder."""

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue

from cryoclinic.broker import Transport

QUEUE = Queue("work", Exchange("work", "direct"), routing_key="work")


def connect(folder: Path) -> Connection:
    return Connection(
        "filesystem://localhost//", transport=Transport, transport_options={"folder": str(folder)}
    )


def publish(folder: Path, first: int, count: int) -> None:
    with connect(folder) as broker:
        producer = broker.Producer()
        for number in range(first, first + count):
            producer.publish(
                {"number": number, "padding": "x" * 4000},
                declare=[QUEUE],
                exchange=QUEUE.exchange,
                routing_key=QUEUE.routing_key,
            )


def consume(folder: Path, wanted: int) -> list[int]:
    """Take messages until ``wanted`` came or none comes for a while."""
    numbers: list[int] = []

    def take(body: dict[str, Any], message: Any) -> None:
        numbers.append(body["number"])
        message.ack()

    with connect(folder) as broker, broker.Consumer([QUEUE], callbacks=[take]):
        silent = 0
        while len(numbers) < wanted and silent < 20:
            try:
                broker.drain_events(timeout=0.5)
                silent = 0
            except TimeoutError:
                silent += 1
    return numbers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with connect(tmp_path) as broker:
        QUEUE(broker.default_channel).declare()
    return tmp_path


def test_messages_arrive_once_and_in_order(folder: Path) -> None:
    publish(folder, 0, 20)
    assert consume(folder, 20) == list(range(20))
    assert list((folder / "queue").iterdir()) == []


def test_messages_written_while_others_read_are_whole(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=publish, args=(folder, n * 100, 100)) for n in range(2)]
    for writer in writers:
        writer.start()
    try:
        numbers = consume(folder, 200)
    finally:
        for writer in writers:
            writer.join()
    assert sorted(numbers) == list(range(200))
    assert list((folder / "claimed").iterdir()) == []
