"""What keeps the documentation true: pages that must be there, names that must agree with the code, links that must lead somewhere."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.register.models import ORIGINS
from plimsoll.kernel.trail import content
from plimsoll.kernel.trail.operations import CHANNELS
from plimsoll.site.cli import reference
from plimsoll.site.cli.commands import COMMANDS

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "plimsoll"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
OF_THE_LAUNCHER = {"install", "install-dev"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def modules() -> Iterator[tuple[Path, str]]:
    """Every module of the product, without its tests."""
    for path in sorted(SOURCE.rglob("*.py")):
        if "tests" not in path.parts and "migrations" not in path.parts:
            yield path, text_of(path)


def tracked() -> list[Path]:
    """Every file that is under version control, or would be; all files where there is no git."""
    found = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return [path for name in found.stdout.splitlines() if (path := ROOT / name).is_file()]
    return [path for folder in ("src", "tests", "docs", "content", "changes") for path in (ROOT / folder).rglob("*") if path.is_file()]


# Pages that must be there


@pytest.mark.parametrize("rt", declared(), ids=lambda rt: rt.kind)
def test_every_record_type_has_a_page_that_names_its_clause_and_its_rules(rt: RecordType) -> None:
    page = DOCS / "records" / f"{rt.kind}.md"
    assert page.exists(), f"Write {page.relative_to(ROOT)}; ./plimsoll reference makes its skeleton."
    heading = text_of(page).split("\n", 1)[0]
    assert re.fullmatch(rf"# .+ \({re.escape(rt.clause)}\)", heading), heading
    assert "\n## Rules" in text_of(page)


def test_no_page_describes_a_record_type_that_is_gone() -> None:
    assert {page.stem for page in (DOCS / "records").glob("*.md")} <= {rt.kind for rt in declared()}


def test_the_generated_pages_are_as_the_code_says() -> None:
    old = [str(path.relative_to(ROOT)) for path, text in reference.pages().items() if not path.exists() or text_of(path) != text]
    assert old == [], "./plimsoll reference writes them anew."


def test_every_page_can_be_reached_from_the_contents() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md", DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.exists():
            seen.add(page)
            waiting += [path for path, _anchor in links_of(page) if path.suffix == ".md"]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in seen] == []


def test_the_readme_starts_with_two_commands_and_says_what_is_missing() -> None:
    readme = text_of(ROOT / "README.md")
    assert "git clone" in readme
    assert "./plimsoll demo" in readme
    assert "not supported" in readme.lower()
    assert "CC BY 4.0" in readme


def test_the_licence_is_the_one_that_the_package_names() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    assert "AGPL-3.0-or-later" in str(project["license"])
    licence = text_of(ROOT / "LICENSE")
    assert licence.split()[:6] == ["GNU", "AFFERO", "GENERAL", "PUBLIC", "LICENSE", "Version"]
    assert "END OF TERMS AND CONDITIONS" in licence


# Links


def links_of(page: Path) -> list[tuple[Path, str]]:
    """The internal links of a page: file and anchor. Code is passed over."""
    text = re.sub(r"`[^`\n]*`", "", re.sub(r"```.*?```", "", text_of(page), flags=re.S))
    found = []
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            found.append(((page.parent / name).resolve() if name else page, anchor))
    return found


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    titles = re.findall(r"^#{1,6} (.+)$", re.sub(r"```.*?```", "", text_of(page), flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()).strip().replace(" ", "-") for title in titles}


@every_page
def test_every_internal_link_leads_somewhere(page: Path) -> None:
    broken = [
        f"{path.relative_to(ROOT)}#{anchor}"
        for path, anchor in links_of(page)
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors_of(path))
    ]
    assert broken == []


@every_page
def test_every_page_is_sound_markdown_with_one_title(page: Path) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(text_of(page))
    assert [t.tag for t in tokens if t.type == "heading_open"].count("h1") == 1
    levels = [int(t.tag[1]) for t in tokens if t.type == "heading_open"]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), "a heading level is left out"
    rows = [line for line in re.sub(r"```.*?```", "", text_of(page), flags=re.S).splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows), "a row of a table is not closed"


# Names


def variables() -> set[str]:
    """The environment variables that the code reads."""
    configuration = text_of(SOURCE / "site" / "configuration.py")
    found = set(re.findall(r'"(PLIMSOLL_[A-Z_]*[A-Z])"', configuration))
    found |= {f"{name}_FILE" for name in re.findall(r'_secret\(env, "(PLIMSOLL_[A-Z_]+)"', configuration)}
    for _path, text in modules():
        found |= set(re.findall(r'"(PLIMSOLL_TEST_[A-Z]+)"', text))
        found |= set(re.findall(r'environ(?:\.get|\.setdefault|\.pop)?[(\[]\s*"(PLIMSOLL_[A-Z_]+)"', text))
    return found


@pytest.mark.parametrize("page", [DOCS / "reference" / "configuration.md"], ids=["configuration"])
def test_every_environment_variable_is_in_the_docs_and_no_other(page: Path) -> None:
    named = set(re.findall(r"PLIMSOLL_[A-Z_]*[A-Z]", text_of(page)))
    assert variables() - named == set(), "not documented"
    assert named - variables() == set(), "documented, but nothing reads it"


def test_every_command_is_in_the_docs_and_every_command_in_the_docs_exists() -> None:
    known = {command.name for command in COMMANDS} | OF_THE_LAUNCHER
    page = text_of(DOCS / "reference" / "command-line.md")
    assert [c.name for c in COMMANDS if f"## plimsoll {c.name}\n" not in page] == []
    for path in PAGES:
        code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text_of(path), re.S))
        named = {name for name in re.findall(r"(?<![\w/])\.?/?plimsoll ([a-z][a-z-]*)", code) if name != "plimsoll"}
        assert named - known == set(), path.name


def words_in_code() -> set[str]:
    """The authorities that the code asks for by name."""
    found: set[str] = set()
    for _path, text in modules():
        for call in re.findall(r"(?:\bmay|\bcheck|check_word|\breach|sentence|needs|_word|word)\w*\(?[^\n]*", text):
            found |= set(re.findall(r'"([a-z]+:[a-z_]+)"', call))
    return found


def roles() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((ROOT / "content" / "roles").glob("*.toml")):
        yield from tomllib.loads(text_of(path)).items()


def test_every_word_of_the_starter_roles_exists() -> None:
    kinds = {rt.kind: {*reference.OF_EVERY_KIND, *(m.name for m in rt.workflow.moves)} for rt in declared()}
    unknown = []
    for name, role in roles():
        for word in role["words"]:
            kind, _, action = word.removesuffix("@own").partition(":")
            if (
                word.removesuffix("@own") not in reference.OF_THE_HOUSE
                and kind != "class"
                and not (
                    (kind == "*" and (action == "*" or any(action in actions for actions in kinds.values())))
                    or (kind in kinds and (action == "*" or action in kinds[kind]))
                )
            ):
                unknown.append(f"{name}: {word}")
    assert unknown == []


def test_every_word_that_the_code_asks_for_is_in_the_docs() -> None:
    page = text_of(DOCS / "reference" / "words.md")
    kinds = {rt.kind for rt in declared()}
    assert sorted(w for w in words_in_code() if w.partition(":")[0] not in kinds and f"`{w}`" not in page) == []


def test_every_word_of_the_house_is_asked_for_or_given_somewhere() -> None:
    everything = "\n".join(
        [*(text for path, text in modules() if path.name != "reference.py"), *map(text_of, (ROOT / "content" / "roles").glob("*.toml"))]
    )
    unasked = [w for w in reference.OF_THE_HOUSE if f'"{w}"' not in everything and not w.startswith("class:")]
    assert unasked == [], "documented, but nothing asks for it"


def test_the_glossary_has_every_origin_channel_and_category() -> None:
    glossary = text_of(ROOT / "CONTEXT.md")
    wanted = [*(name for name, _label in ORIGINS), *CHANNELS]
    assert [name for name in wanted if name not in glossary] == []


# Decisions and changes


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    files = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    contents = text_of(DOCS / "decisions" / "README.md")
    for path in files:
        text = text_of(path)
        title = re.match(rf"# {int(path.name[:4])}\. (.+)\n", text)
        assert title, path.name
        assert f"[{title[1]}]({path.name})" in contents, path.name
        assert [part for part in ("Tags: ", "Status: ", "## Why", "## Consequences", "## Measurement") if part not in text] == [], path.name
        assert len(text.split()) < 420, f"{path.name} is longer than half a page"


def test_every_change_is_of_a_known_sort_and_a_sentence() -> None:
    sorts = {t["directory"] for t in tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["towncrier"]["type"]}
    start = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["towncrier"]["start_string"]
    assert start in text_of(ROOT / "CHANGELOG.md")
    for path in (ROOT / "changes").glob("*.md"):
        if path.name != "README.md":
            assert path.name.split(".")[-2] in sorts, path.name
            assert text_of(path).strip().endswith("."), path.name


# Architecture


def layers(identifier: str) -> list[str]:
    """The floors of a contract that are built, top to bottom; (…) means not built yet."""
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    return [name for name in next(c["layers"] for c in contracts if c["id"] == identifier) if not name.startswith("(")]


def test_the_floors_of_the_architecture_page_are_those_of_the_contracts() -> None:
    page = text_of(DOCS / "architecture.md")
    drawn = [block.split("\n") for block in re.findall(r"```text\n(.*?)\n```", page, re.S)]
    assert drawn == [layers("floors"), layers("kernel")]
    for floor in layers("floors"):
        assert (SOURCE / floor).is_dir()


def test_the_architecture_page_names_every_package_of_the_kernel_and_every_room() -> None:
    page = text_of(DOCS / "architecture.md")
    packages = [path.name for path in (SOURCE / "kernel").iterdir() if (path / "__init__.py").exists()]
    assert [name for name in packages if f"`{name}`" not in page] == []
    rooms = [f"src/plimsoll/{path.parent.relative_to(SOURCE)}/" for path in SOURCE.glob("*/*/record.py") if path.parents[1].name != "kernel"]
    assert [room for room in rooms if room not in page] == []


def test_files_that_the_docs_name_are_there() -> None:
    gone = []
    for page in PAGES:
        for name in re.findall(r"`((?:src/plimsoll|content|tests|docs|deploy|bench)/[\w./-]+)`", text_of(page)):
            if not (ROOT / name).exists():
                gone.append(f"{page.name}: {name}")
    assert gone == []


def test_the_trail_format_page_computes_what_the_trail_does() -> None:
    page = text_of(DOCS / "reference" / "trail-format.md")
    made: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.S)[0], made)
    moment = datetime(2026, 11, 22, 10, 42, 0, 123456, tzinfo=UTC)
    facts = (1, "0123456789abcdef0123456789abcdef", 7, "incident", 12, 3, "resolve", moment, moment, 5, "page", "live")
    micros = 1_795_344_120_123_456
    changes = '{"note":{"hidden":[null,"ab"]},"state":["in_progress","resolved"]}'
    told = made["entry_digest"]([*facts[:7], micros, micros, *facts[9:]], changes)
    assert told == content.digest(content.content(*facts, changes))
    assert made["proof"](b"k" * 32, told) == content.proof(b"k" * 32, told)
    for value in ("Čačić", None, "", {"b": 1, "a": [True, None]}, 3):
        assert made["concealed"](b"s" * 16, "title", value) == content.conceal(b"s" * 16, "title", value)
    for count in range(9):
        leaves = [hashlib.sha256(bytes([n])).digest() for n in range(count)]
        assert made["merkle_root"](leaves) == content.merkle_root(leaves)
    assert made["seal_head"](4, "2026-11", "1-3,7", 4, told, bytes(32)) == content.seal_head(4, "2026-11", "1-3,7", 4, told, bytes(32))


# What must never be in the project


def test_no_file_names_a_machine_or_a_registry() -> None:
    # Put together here, so that this file does not find itself.
    folders = [rf"(?<![\w.]){'/'}{name}/" for name in ("root", "work")]
    foreign = re.compile("|".join([*folders, *("".join(parts) for parts in (("py", r"pi\.org"), ("python", "hosted"), ("py", "pi-more")))]))
    found = []
    for path in tracked():
        if path.suffix in (".png", ".gz", ".woff2", ".ico", ".jpg"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1):
            if foreign.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []


def test_the_docs_never_quote_a_local_data_folder() -> None:
    home = os.environ.get("HOME", "")
    assert len(home) < 4 or [str(page.relative_to(ROOT)) for page in PAGES if f"{home}/" in text_of(page)] == []
