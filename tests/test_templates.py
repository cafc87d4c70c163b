"""What keeps the templates of documents whole: they can be read, they name what exists, and what they answer is written down.

`UPDATE_SNAPSHOTS=1` writes docs/reference/templates.md anew.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from plimsoll.kernel.documents.triggers import unknown_triggers
from plimsoll.kernel.figures.blanks import blanks
from plimsoll.kernel.figures.claims import claim_at

source = pytest.importorskip("plimsoll.kernel.documents.source")

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "content" / "documents"
PAGE = ROOT / "docs" / "reference" / "templates.md"
SORTS = ("policy", "plan", "procedure", "agreement", "register", "report")
DOCUMENTS = {*(f"D-{n:02}" for n in range(1, 21)), "D-64", "D-76"}
# The items of each clause that the templates answer, by the letter of its last one.
ITEMS = {
    "4.1": "c", "4.2": "c", "4.3": "d", "4.4": "b", "5.1": "k", "5.2.1": "c", "5.2.2": "b", "5.3": "c", "6.1.1": "b", "6.1.2": "d", "6.1.3": "c",
    "6.2.1": "f", "6.2.2": "b", "6.3": "k", "7.1": "b", "7.2": "d", "7.3": "d", "7.4": "b", "7.5.1": "a", "7.5.2": "c", "7.5.3": "g", "7.5.4": "f",
    "7.6": "c", "8.1": "f", "8.2.3": "g", "9.1": "f",
}  # fmt: skip


def held(name: str) -> dict[str, Any]:
    with (FOLDER / name).open("rb") as file:
        return tomllib.load(file)


TEMPLATES = {path.stem: path for path in sorted(FOLDER.glob("*.md"))}
LATER = held("later.toml")
RESERVED = held("reserved.toml")
ANSWERED = held("founding.toml")
FIELDS: dict[str, list[str]] = ANSWERED.pop("fields")
ELSEWHERE: dict[str, str] = ANSWERED.pop("elsewhere")
ROLES: dict[str, Any] = {
    code: role for path in (ROOT / "content" / "roles").glob("*.toml") for code, role in tomllib.loads(path.read_text(encoding="utf-8")).items()
}

every_template = pytest.mark.parametrize("key", TEMPLATES)


def read(key: str) -> Any:
    return source.parse(TEMPLATES[key].read_text(encoding="utf-8"))


def items(clause: str) -> list[str]:
    return [f"{clause}-{chr(letter)}" for letter in range(ord("a"), ord(ITEMS[clause]) + 1)]


def bound(key: str) -> set[str]:
    return {clause for section in read(key).sections for clause in section.clauses}


# Each by itself


@every_template
def test_a_template_says_what_it_is(key: str) -> None:
    front = read(key).front
    assert set(front) - {"review_when"} == {
        "title", "about", "sort", "code", "applies_to", "owner_role", "approver_role", "review_months", "clauses", "ids",
    }  # fmt: skip
    assert front["sort"] in SORTS
    assert front["applies_to"] in ("sms", "process", "service")
    assert front["about"].endswith(".")
    assert front["about"].count(". ") == 0
    assert 1 <= front["review_months"] <= 60
    assert front["clauses"]
    assert set(front["ids"]) & DOCUMENTS


@every_template
def test_its_roles_exist_and_the_one_that_must_can_approve_it(key: str) -> None:
    front = read(key).front
    assert {front["owner_role"], front["approver_role"]} <= set(ROLES)
    assert {"document:approve", "document:*"} & set(ROLES[front["approver_role"]]["words"]), "the role that must approve it may not"


@every_template
def test_its_fields_are_declared_or_wait_for_their_register_in_the_shape_that_they_have(key: str) -> None:
    shapes = {name: field["shape"] for name, field in LATER.items()} | {blank.name: blank.shape for blank in blanks()}
    for use in read(key).uses:
        assert use.name in shapes, f"{key}, line {use.line}: there is no field {use.name}"
        assert use.shape in ("text", shapes[use.name]), f"{key}, line {use.line}: {use.name} is a {shapes[use.name]}, not a {use.shape}"


@every_template
def test_what_it_claims_can_be_judged_and_its_triggers_exist(key: str) -> None:
    for claimed in read(key).claims:
        assert claim_at(claimed.address).claim.title, f"{key}, line {claimed.line}"
    assert unknown_triggers(read(key).front.get("review_when", ())) == []


def test_the_promises_of_templates_are_claims_of_many_kinds() -> None:
    made = {claimed.address.partition("?")[0] for key in TEMPLATES for claimed in read(key).claims}
    assert len(made) >= 15


@every_template
def test_the_documents_that_it_refers_to_have_a_template_or_a_reserved_code(key: str) -> None:
    codes = {read(other).front["code"] for other in TEMPLATES} | set(RESERVED)
    assert {reference.code for reference in read(key).references} <= codes - {""}


@every_template
def test_every_section_is_bound_to_clauses_and_says_something(key: str) -> None:
    parsed = read(key)
    text = TEMPLATES[key].read_text(encoding="utf-8")
    unbound = [s.title for s in parsed.sections if not s.clauses]
    assert unbound == {
        "sms-plan": [
            "Service management plan", "Policies", "Standards", "Law and regulation", "Contracts", "Appendices",
        ],
        "sms-policy": [
            "What we offer and promise", "Enough, and there when needed", "When something goes wrong", "When something changes", "With others",
        ],
        "other-parties": ["Processes and parts of processes", "Services", "Service components", "What stays with us"],
    }.get(key, [])  # fmt: skip
    assert not re.search(r"\bshall\b", text)
    known = r"\[[^\]]*\]\((?:doc|claim):|^> \[S\d+\]|^(?:clauses|ids|review_when) = .*$"
    assert "[" not in re.sub(known, "", text, flags=re.MULTILINE), "a bracket that nobody fills"


@every_template
def test_what_it_answers_is_written_by_sections_that_it_has(key: str) -> None:
    assert set(ANSWERED.get(key, {})) <= {section.anchor for section in read(key).sections}


# Together


def test_every_document_of_the_range_has_a_template_and_no_code_is_given_twice() -> None:
    fronts = [read(key).front for key in TEMPLATES]
    assert {name for front in fronts for name in front["ids"]} >= DOCUMENTS
    codes = [front["code"] for front in fronts if front["code"]]
    assert len(codes) == len(set(codes))
    assert not set(codes) & set(RESERVED)


def test_a_field_that_waits_is_described_named_by_a_template_and_kept_by_nobody_yet() -> None:
    assert not set(LATER) & {blank.name for blank in blanks() if blank.is_kept}, "a register keeps it now: take it out of later.toml"
    used = {name for key in TEMPLATES for name in read(key).names}
    assert set(LATER) <= used
    for name, field in LATER.items():
        assert set(field) == {"title", "shape", "clause", "ids"}, name
        assert field["shape"] in ("text", "list", "table", "picture"), name
        assert all(re.fullmatch(r"[DSFL]-\d+", one) for one in field["ids"]), name


def test_every_bracket_f_01_to_f_51_stands_in_the_plan_or_is_explained() -> None:
    names = set(read("sms-plan").names)
    for number in range(1, 52):
        one = f"F-{number:02}"
        assert (one in FIELDS) != (one in ELSEWHERE), one
        assert set(FIELDS.get(one, ())) <= names, one


def test_l_03_the_interval_of_the_management_review_is_one_field_in_both_places() -> None:
    places = [use.section for use in read("sms-plan").uses if use.name == "management_review.interval"]
    assert places == ["human-resources", "management-review"]
    for clause in re.findall(r"[^.\n]*management review[^.\n]*", TEMPLATES["sms-plan"].read_text(encoding="utf-8")):
        assert not re.search(r"once a year|yearly|annual|every \d", clause), clause


def test_every_founding_item_is_answered_by_a_section_or_elsewhere() -> None:
    here = {one for sections in ANSWERED.values() for ones in sections.values() for one in ones}
    wanted = {f"S-{n:03}" for n in (*range(1, 98), *range(101, 140))} | {f"L-{n:02}" for n in range(1, 12)}
    assert here | {one for one in ELSEWHERE if not one.startswith("F-")} == wanted


@pytest.mark.parametrize("clause", ITEMS)
def test_every_item_of_a_clause_is_bound_by_a_section(clause: str) -> None:
    assert set(items(clause)) <= set().union(*map(bound, TEMPLATES))


def test_the_policy_answers_5_2_and_the_plan_6_3_alone() -> None:
    assert {*items("5.2.1"), *items("5.2.2")} <= bound("sms-policy")
    assert set(items("6.3")) <= bound("sms-plan")


def test_the_plan_has_the_sections_of_the_founding_plan() -> None:
    numbers = {section.number for section in read("sms-plan").sections}
    assert {"1", "2", "3", *(f"3.{n}" for n in range(1, 16)), "4", "5", "A1", "A2"} <= numbers


def test_the_policy_commits_and_speaks_to_the_six_subjects_of_the_founding_article() -> None:
    tags = [set(statement.tags) for statement in read("sms-policy").statements]
    for wanted in ({"commitment", "requirements"}, {"commitment", "improvement"}):
        assert any(wanted <= said for said in tags)
    for subject in ("agreements", "capacity", "availability", "incidents", "problems", "changes"):
        assert sum({"subject", subject} <= said for said in tags) == 1, subject


# The page


def page() -> str:
    """docs/reference/templates.md as the templates say it."""
    lines = [
        "# Templates of documents",
        "",
        "What each template in `content/documents` answers, section by section: the items of the standard's clauses that a section is bound to,",
        "the fields that fill it, and the items of the requirements map. `tests/test_templates.py` writes this page (`UPDATE_SNAPSHOTS=1`) from the",
        "templates and from `content/documents/founding.toml`. A field in *italics* waits for its register: `content/documents/later.toml` names it,",
        "and a document that uses it says words with a reason until then.",
        "",
        "A statement of the policy carries tags that rooms find it by: `commitment` with `requirements`, `improvement`, `value` or `resources`;",
        "`subject` with the practice that it speaks of, which is how its live proof is found.",
        "",
        "| Template | Answers | Sort | Code | Owned by | Approved by | Reviewed every |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for key in TEMPLATES:
        front = read(key).front
        lines.append(
            f"| [{front['title']}](#{source.slug(front['title'])}) | {', '.join(front['ids'])} | {front['sort']} | {front['code'] or 'own'} | "
            f"`{front['owner_role']}` | `{front['approver_role']}` | {front['review_months']} months |"
        )
    brackets: dict[str, list[str]] = {}
    for one, names in FIELDS.items():
        for name in names:
            brackets.setdefault(name, []).append(one)
    for key in TEMPLATES:
        parsed = read(key)
        lines += ["", f"## {parsed.front['title']}", "", parsed.front["about"], "", "| Section | Clauses | Fields | Map |"]
        lines.append("| --- | --- | --- | --- |")
        for section in parsed.sections:
            names = list(dict.fromkeys(use.name for use in parsed.uses if use.section == section.anchor))
            shown = ", ".join(f"*{name}*" if name in LATER else f"`{name}`" for name in names)
            answered = [*ANSWERED.get(key, {}).get(section.anchor, ())]
            if key == "sms-plan":
                answered += sorted({one for name in names for one in brackets.get(name, ())})
            lines.append(f"| {section.number} {section.title} | {', '.join(section.clauses)} | {shown} | {', '.join(answered)} |")
    lines += ["", "## Elsewhere", "", "| Item | Where |", "| --- | --- |", *(f"| {one} | {where} |" for one, where in ELSEWHERE.items())]
    lines += [
        "",
        "## Codes kept for other documents",
        "",
        "Templates refer to these documents. Until one is written, a reference to it is a defect that the document shows.",
        "",
        "| Code | Document | Written from | Map |",
        "| --- | --- | --- | --- |",
    ]
    for code, told in RESERVED.items():
        written_from = f"`{told['from']}`" if "from" in told else "a template to come"
        lines.append(f"| {code} | {told['title']} | {written_from} | {', '.join(told['ids'])} |")
    return "\n".join(lines) + "\n"


def test_the_page_of_templates_says_what_they_answer() -> None:
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
