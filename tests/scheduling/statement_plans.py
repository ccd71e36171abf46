"""What PostgreSQL means to do for a statement, and how many rows it reads for it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

# What grows with the years; everything else is a clinic's furniture.
LARGE = {
    "clients_answer",
    "clients_clearance",
    "clients_client",
    "clients_clientevent",
    "clients_screening",
    "clients_screeningevent",
    "scheduling_addendum",
    "scheduling_appointment",
    "scheduling_appointmentevent",
    "scheduling_course",
    "scheduling_course_indications",
    "scheduling_coursealert",
    "scheduling_courseevent",
    "scheduling_courseproposal",
    "scheduling_exposure",
    "scheduling_message",
    "scheduling_payment",
    "scheduling_sessionnote",
}

Node = dict[str, Any]


def statements(queries: CaptureQueriesContext) -> list[str]:
    """What was asked, without the actor's name in front and without transaction control."""
    found = [re.sub(r"^SELECT set_config\(.*?true\); ", "", q["sql"]) for q in queries]
    return [sql for sql in found if re.match(r"\s*(WITH|SELECT|UPDATE|INSERT)\b", sql)]


def sequential_scans(sql: str) -> set[str]:
    """The large tables that the statement's plan reads from one end to the other."""
    return {node["Relation Name"] for node in _scans(sql) if node["Node Type"] == "Seq Scan"}


def rows_read(sql: str) -> dict[str, int]:
    """How many rows of each large table the statement reads, whether it uses them or not.

    The statement is carried out, so only what changes nothing may be asked about.
    """
    read: dict[str, int] = {}
    for node in _scans(sql, analyze=True):
        dropped = node.get("Rows Removed by Filter", 0) + node.get(
            "Rows Removed by Index Recheck", 0
        )
        rows = (node["Actual Rows"] + dropped) * node["Actual Loops"]
        read[node["Relation Name"]] = read.get(node["Relation Name"], 0) + round(rows)
    return read


def _scans(sql: str, *, analyze: bool = False) -> Iterator[Node]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON{', ANALYZE' if analyze else ''}) {sql}")
        [(plan,)] = cursor.fetchall()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    for node in _nodes(plan[0]["Plan"]):
        if node.get("Relation Name") in LARGE and "Scan" in node["Node Type"]:
            yield node


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)
