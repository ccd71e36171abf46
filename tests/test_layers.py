"""Imports run one way: between the apps, and inside an app between its layers."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["cryoclinic", "procedures", "clients", "scheduling"]

# Inside an app, lowest first; a module that is not named here stands with the selectors.
LAYERS = [
    {"apps", "expressions", "phones", "querysets", "search", "validators"},
    {"models"},
    {"selectors"},
    {"services"},
    {"admin", "demo", "forms", "tasks"},
    {"views"},
    {"urls"},
]
UNNAMED = 2
# The project's own wiring: it names the apps' addresses and starts them.
WIRING = {"cryoclinic.urls", "cryoclinic.settings", "cryoclinic.celery"}


def modules(app: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / app).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts and "management" not in parts:
            yield ".".join(part for part in parts if part != "__init__"), path


def imports(path: Path) -> Iterator[str]:
    """What the module imports when it runs; imports for the type checker alone don't count."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def layer(module: str) -> int:
    second = (*module.split("."), "")[1]
    return next((level for level, names in enumerate(LAYERS) if second in names), UNNAMED)


EVERY = [(app, name, path) for app in APPS for name, path in modules(app)]


@pytest.mark.parametrize(("app", "name", "path"), EVERY, ids=[name for _, name, _ in EVERY])
def test_a_module_imports_nothing_from_above(app, name, path):
    above_app = set(APPS[APPS.index(app) + 1 :])
    upward = [
        target
        for target in imports(path)
        if (target.split(".")[0] in above_app and name not in WIRING)
        or (app != "cryoclinic" and target.startswith(f"{app}.") and layer(target) > layer(name))
    ]
    assert upward == []


def test_the_planner_knows_neither_django_nor_the_clock():
    allowed = {"collections", "dataclasses", "datetime", "enum", "functools", "itertools"}
    allowed |= {"numpy", "typing", "bisect", "math", "heapq", "operator"}
    for name, path in modules("scheduling"):
        if name.startswith("scheduling.planner"):
            foreign = {
                target
                for target in imports(path)
                if target.split(".")[0] not in allowed
                and not target.startswith("scheduling.planner")
            }
            assert foreign == set(), name
