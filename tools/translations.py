"""The translations without GNU gettext: compile them, and check that none is missing.

python tools/translations.py compile    django.po -> django.mo, where the source is newer
python tools/translations.py check      fail on missing, fuzzy or broken entries
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

PROJECT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
SOURCES = ("cryoclinic", "procedures", "clients", "scheduling", "templates", "static", "locale")


def catalogues(folder: Path = PROJECT) -> list[Path]:
    return sorted((folder / "locale").glob("*/LC_MESSAGES/*.po"))


def compile_all() -> None:
    for source in catalogues():
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            # Beside it and then over it: a running server never reads half a file.
            draft = target.with_suffix(".mo.new")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(target)


def faults(catalogue: polib.POFile) -> Iterator[str]:
    """What a reader would see as English, or as an error, in the translated product."""
    for entry in catalogue:
        if entry.obsolete:
            continue
        if "fuzzy" in entry.flags:
            yield f"unsure (fuzzy): {entry.msgid!r}"
        elif not entry.translated():
            yield f"not translated: {entry.msgid!r}"
        elif "python-format" in entry.flags or "python-brace-format" in entry.flags:
            yield from placeholder_faults(entry)


def placeholder_faults(entry: polib.POEntry) -> Iterator[str]:
    allowed = placeholders(entry.msgid) | placeholders(entry.msgid_plural)
    for text in entry.msgstr_plural.values() or [entry.msgstr]:
        # A plural form may leave the number out (“one session”); nothing may come in addition.
        missing = set() if entry.msgid_plural else allowed - placeholders(text)
        if missing or placeholders(text) - allowed:
            yield f"other placeholders than the original: {entry.msgid!r}"


def placeholders(text: str) -> set[str]:
    return {match.group() for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


def messages_in_code() -> dict[Path, set[tuple[str, str]]] | None:
    """Per catalogue (relative path) what the sources ask for; None without GNU gettext."""
    if not shutil.which("xgettext"):
        return None
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in filter(lambda name: (PROJECT / name).is_dir(), SOURCES):
            shutil.copytree(PROJECT / folder, copy / folder, dirs_exist_ok=True)
        shutil.copy(PROJECT / "manage.py", copy)
        command = [sys.executable, "manage.py", "makemessages", "--all", "--no-obsolete"]
        subprocess.run(command, cwd=copy, check=True, stdout=subprocess.DEVNULL)
        return {
            path.relative_to(copy): {(entry.msgctxt or "", entry.msgid) for entry in found}
            for path in catalogues(copy)
            for found in [polib.pofile(str(path))]
        }


def check() -> list[str]:
    if not catalogues():
        return ["locale/ holds no catalogue (make messages)"]
    wanted = messages_in_code()
    problems = []
    for path in catalogues():
        name = path.relative_to(PROJECT)
        catalogue = polib.pofile(str(path))
        problems += [f"{name}: {fault}" for fault in faults(catalogue)]
        known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue if not entry.obsolete}
        if wanted is not None:
            problems += [
                f"{name}: not in the catalogue (make messages): {text!r}"
                for _, text in sorted(wanted[name] - known)
            ]
    return problems


def main(command: str) -> int:
    if command == "compile":
        compile_all()
        return 0
    problems = check()
    print("\n".join(problems) or "Translations are complete.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
