"""What the documentation says can be found where it says."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from cryoclinic.roles import COSMETOLOGIST, MANAGER, PERMISSIONS, RECEPTIONIST

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MODEL_VERBS = ("view", "add", "change", "delete")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """The page without its blocks of code."""
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def anchors_of(page: Path) -> set[str]:
    """The anchors that the page's headings have on a forge."""
    headings = re.findall(r"^#+ +(.*)$", prose_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_of(page: Path) -> list[str]:
    prose = prose_of(page)
    found = re.findall(r"\]\(([^)\s]+)\)", prose) + re.findall(r'(?:src|srcset)="([^"]+)"', prose)
    return [link for link in found if not re.match(r"https?://|mailto:", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links_of(page):
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        missing = not target.exists() or not target.is_relative_to(ROOT)
        if missing or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([\w./$()-]+):(?!=)", text_of("Makefile"), flags=re.MULTILINE))
    # In a line of code or as code within a sentence; “make it so” is English.
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`)make ([a-z_][\w./-]*)", text, flags=re.MULTILINE)
    assert set(named) - targets == set()


@pytest.mark.parametrize("name", ["architecture.md", "security.md", "scaling.md", "messages.md"])
def test_paths_named_exist(name: str) -> None:
    quoted = re.findall(r"`([^`\s]+)`", text_of(f"docs/{name}"))
    top = {path.name for path in ROOT.iterdir()} - {"var", "node_modules"}  # made by running
    paths = [each for each in quoted if "/" in each and each.split("/")[0] in top]
    assert paths
    assert [path for path in paths if not _exists(path)] == []


def _exists(path: str) -> bool:
    return any(ROOT.glob(re.sub(r"<\w+>", "*", path)))


def test_constraints_named_exist() -> None:
    rules = text_of("docs/architecture.md").split("## The database's own rules")[1]
    named = re.findall(r"`(\w+)`", rules)
    sources = "".join(
        path.read_text(encoding="utf-8")
        for app in ("cryoclinic", "procedures", "clients", "scheduling")
        for path in (ROOT / app).rglob("*.py")
    )
    assert named
    assert [name for name in named if name not in sources] == []


def test_environment_variables_named_are_read() -> None:
    tables = re.findall(r"^\| `([A-Z_]+)` \|", text_of("docs/configuration.md"), flags=re.MULTILINE)
    readers = text_of("cryoclinic/settings.py") + text_of("gunicorn.conf.py")
    of_gunicorn = {"GUNICORN_CMD_ARGS"}
    assert len(tables) > 10
    assert [name for name in tables if f'"{name}"' not in readers and name not in of_gunicorn] == []


def test_environment_variables_read_are_named() -> None:
    settings = text_of("cryoclinic/settings.py")
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', settings))
    assert {name for name in read if f"`{name}`" not in text_of("docs/configuration.md")} == set()


def roles_table() -> str:
    """The permissions of ``cryoclinic.roles`` as the table of docs/security.md."""
    roles = (RECEPTIONIST, COSMETOLOGIST, MANAGER)
    cells: dict[str, dict[str, list[str]]] = {}
    for role in roles:
        for label in PERMISSIONS[role]:
            app, codename = label.split(".")
            verb, _, model = codename.partition("_")
            row = f"{app}.{model}" if verb in MODEL_VERBS else label
            said = verb if verb in MODEL_VERBS else "yes"
            cells.setdefault(row, {}).setdefault(role, []).append(said)
    lines = [f"| | {' | '.join(roles)} |", "|---|---|---|---|"]
    for row in sorted(cells):
        verbs = [sorted(cells[row].get(role, []), key=_order) for role in roles]
        lines.append(f"| `{row}` | {' | '.join(', '.join(each) for each in verbs)} |")
    return "\n".join(lines)


def _order(verb: str) -> int:
    return MODEL_VERBS.index(verb) if verb in MODEL_VERBS else 0


def test_roles_table_is_that_of_the_code() -> None:
    """To renew it: ``python -m tests.test_docs``."""
    page = text_of("docs/security.md")
    shown = re.search(r"<!-- roles -->\n(.*?)\n<!-- /roles -->", page, flags=re.DOTALL)
    assert shown is not None
    assert shown[1] == roles_table(), f"the table is now:\n{roles_table()}"


def test_readme_s_variables_are_what_a_server_must_set() -> None:
    from cryoclinic.settings import SERVER_VARIABLES

    shown = re.findall(r"^\| `([A-Z_]+)` \|", text_of("README.md"), flags=re.MULTILINE)
    assert sorted(shown) == sorted(SERVER_VARIABLES)


@pytest.mark.parametrize("image", sorted((ROOT / "docs/img").glob("*.png")), ids=lambda i: i.name)
def test_pictures_are_light(image: Path) -> None:
    assert image.stat().st_size < 300_000
