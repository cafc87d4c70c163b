"""What authors may write, what it is read as, and what is refused with its line."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from plimsoll.kernel.documents.blocks import Bullets, Note, Paragraph, Run, Stated, Table, text_of
from plimsoll.kernel.documents.source import FILTERS, SHAPES, Gap, Hung, Parsed, Reference, Section, Slot, SourceFault, Statement, Use, parse

pytestmark = pytest.mark.once


def test_the_front_matter_is_read_and_the_lines_keep_their_numbers() -> None:
    read = parse('+++\ntitle = "The plan"\nclauses = ["6.3", "7.5.4-b"]\nreview_months = 12\n+++\n# Purpose\n')
    assert (read.title, read.clauses, read.front["review_months"]) == ("The plan", ("6.3", "7.5.4-b"), 12)
    assert read.sections[0].line == 6


def test_a_source_without_front_matter_is_whole() -> None:
    assert parse("Text.").front == {}
    assert parse("").body == ()


def test_sections_are_numbered_bound_to_clauses_and_keep_their_anchors_when_the_numbers_change() -> None:
    text = "# Purpose\n{clauses: 5.2.1-a, 6.3; edition-2011: 4.1.2; optional}\nWhy.\n## Users\n# The plan\n"
    read = parse(text)
    assert read.sections[0] == Section("1", 1, "Purpose", "purpose", ("5.2.1-a", "6.3"), ("4.1.2",), 1, is_optional=True)
    assert [(s.number, s.anchor) for s in read.sections] == [("1", "purpose"), ("1.1", "users"), ("2", "the-plan")]
    later = parse("# Before\n\n" + text)
    assert [(s.number, s.anchor) for s in later.sections] == [("1", "before"), ("2", "purpose"), ("2.1", "users"), ("3", "the-plan")]
    assert later.body[2].anchor == read.body[1].anchor == "purpose.1"


def test_titles_that_come_twice_are_told_apart_by_what_they_stand_under() -> None:
    read = parse("# Scope\n# Roles\n## Scope\n## Scope\n# Čišćenje đaka\n# Main\n# Users\n{id: users-of-it}\n")
    assert [s.anchor for s in read.sections] == ["scope", "roles", "roles-scope", "roles-scope-2", "ciscenje-daka", "main-2", "users-of-it"]


@pytest.mark.parametrize("first", ["# Appendix: Services", "# Services\n{appendix}"])
def test_appendices_are_numbered_by_themselves(first: str) -> None:
    read = parse(f"# One\n## Two\n{first}\n## Live\n# Appendix: Roles\n")
    assert [(s.number, s.title) for s in read.sections] == [("1", "One"), ("1.1", "Two"), ("A1", "Services"), ("A1.1", "Live"), ("A2", "Roles")]


def test_fields_within_sentences_and_on_lines_of_their_own() -> None:
    text = "# A\nOf {{ organization.name|upper }} and\n{{ roles.holders | count }}:\n{{ list scopes.locations }}\n"
    read = parse(text + "{{ table services.in_scope }}\n\n{{ picture units.chart }}")
    assert read.uses == (
        Use("organization.name", "text", "upper", 2, "a.1", "a"),
        Use("roles.holders", "text", "count", 3, "a.1", "a"),
        Use("scopes.locations", "list", "", 4, "a.2", "a"),
        Use("services.in_scope", "table", "", 5, "a.3", "a"),
        Use("units.chart", "picture", "", 7, "a.4", "a"),
    )
    assert read.body[2:] == (
        Slot("a.2", "scopes.locations", "list"),
        Slot("a.3", "services.in_scope", "table"),
        Slot("a.4", "units.chart", "picture"),
    )
    assert read.names[:2] == ("organization.name", "roles.holders")


def test_a_filter_does_not_end_the_cell_of_a_table() -> None:
    read = parse("| A | B |\n| --- | --- |\n| {{ a.b|upper }} | `x\\|y` {{ c }} |\n")
    table = read.body[0]
    assert isinstance(table, Table)
    assert [len(row.cells) for row in table.rows] == [2]
    assert isinstance(table.rows[0].cells[0][0], Gap)
    assert [(use.name, use.filter, use.line) for use in read.uses] == [("a.b", "upper", 3), ("c", "", 3)]


def test_the_looks_of_text() -> None:
    (paragraph,) = parse("Plain *soft* **loud** `code` [mail](mailto:a@example.org) <https://example.org/>  \nnew \\{{ and <b>").body
    assert isinstance(paragraph, Paragraph)
    assert paragraph.runs == (
        Run("Plain "),
        Run("soft", is_emphasis=True),
        Run(" "),
        Run("loud", is_strong=True),
        Run(" "),
        Run("code", is_code=True),
        Run(" "),
        Run("mail", href="mailto:a@example.org"),
        Run(" "),
        Run("https://example.org/", href="https://example.org/"),
        Run("\nnew {{ and <b>"),
    )


def test_other_documents_are_kept_as_references() -> None:
    read = parse("# A\n\nSee the [**policy** of it](doc:SMS-POL-001).")
    assert read.references == (Reference("SMS-POL-001", "policy of it", 3, "a.1"),)


def test_lists_within_lists_and_a_field_within_them() -> None:
    (bullets,) = parse("- one\n  1. two\n  2. three\n- laws\n  {{ list obligations.laws }}\n\n  said again\n").body
    assert isinstance(bullets, Bullets)
    assert bullets.start == 0
    assert bullets.items[0].under[0].start == 1
    second = bullets.items[1]
    assert isinstance(second, Hung)
    assert second.slot == Slot("start.1", "obligations.laws", "list")
    assert text_of(second.runs) == "laws\nsaid again"


def test_notes_and_statements() -> None:
    read = parse(
        "# P\n> Only a note,\n> in two lines.\n\n> [S1] We improve. {tags: improvement, commitment}\n> [S2] {{ organization.name }} serves\n> well.\n"
    )
    assert read.statements == (
        Statement("S1", "We improve.", ("improvement", "commitment"), "p.2", 5),
        Statement("S2", "{{ organization.name }} serves well.", (), "p.3", 6),
    )
    assert read.body[1] == Note("p.1", (Run("Only a note, in two lines."),))
    assert isinstance(read.body[2], Stated)
    assert [use.line for use in read.uses] == [6]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a\n\nb {{ name", 3, "not closed"),
        ("{{ name\n}}", 1, "not closed"),
        ("x }} y", 1, "closes nothing"),
        ("a\n{{ lisp x }}", 2, "no shape"),
        ("a {{ x|lower }}", 1, "no filter"),
        ("a {{ x|upper|date }}", 1, "is no field"),
        ("a {{ x.y() }}", 1, "is no field"),
        ("a {{ X }}", 1, "is no field"),
        ("a {{ }}", 1, "is no field"),
        ("{{ list x|upper }}", 1, "A filter is for a field within a sentence"),
        ("a {{ list x }} b", 1, "on a line of its own"),
        ("> {{ table x }}", 1, "on a line of its own"),
        ("- a\n  {{ table x }}", 2, "Within a list"),
        ("- > quote", 1, "sentences and lists"),
        ("> - x", 1, "sentences only"),
        ("# A\n### B", 2, "leave no level out"),
        ("## B", 1, "leave no level out"),
        ("# A\n## B\n### C\n#### D\n##### E\n###### F", 6, "fifth level"),
        ("# {{ x }}", 1, "heading can't hold a field"),
        ("#", 1, "needs a text"),
        ("# Appendix: A\n# B", 2, "Appendices stand at the end"),
        ("# A\n{claws: 3}", 2, "not “claws”"),
        ("# A\n{clauses: three}", 2, "no clause"),
        ("# A\n{id: Ä}", 2, "no id"),
        ("# A\n{id: x}\n# B\n{id: x}", 4, "used twice"),
        ("[a](javascript:alert)", 1, "can't be linked"),
        ("a\n[b](http://x)", 2, "can't be linked"),
        ("[b](/here)", 1, "can't be linked"),
        ("![b](https://x)", 1, "Pictures come from records"),
        ("a\n\n```\nx\n```", 3, "block of code"),
        ("a\n\n    x", 3, "block of code"),
        ("a\n\n---\n", 3, "line across"),
        ("> [S1] a\n> [S1] b", 2, "there twice"),
        ("> [S1] {tags: a}", 1, "says nothing"),
        ("> [S1] a {tags: <b>}", 1, "no tag"),
        ("+++\ntitle = 3\n+++", 2, "must be a text"),
        ("+++\nclauses = 'x'\n+++", 2, "must be a list"),
        ("+++\nclauses = ['x']\n+++", 1, "no clause"),
        ("+++\n\na = = b\n+++", 3, "not TOML"),
        ("+++\na = 1", 1, "not closed"),
    ],
)
def test_what_can_not_be_meant_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(SourceFault) as fault:
        parse(text)
    assert said in fault.value.sentence
    assert fault.value.line == line


BITS = [
    *("# ", "## ", "\n", "\n\n", "- ", "1. ", "    ", "> ", "[S1] ", "{{ a }}", "{{ list b }}", "{{ table c }}", "{{", "}}", "|", "\n| - | - |\n"),
    *("{clauses: 5.1}", "{id: x}", "{", "}", "*", "**", "`", "[x](doc:A-1)", "<b>", "+++\n", "a = 1\n", "word", "Appendix: ", "\\", "\t", "&amp;"),
    *("![a](b)", "---", "===", "\r", "\u2028", "\x00", "ž", "{tags: a}", "{appendix}", "[a]: b", "\n- \n", "\n> \n", "\\\n"),
]


@given(st.lists(st.sampled_from(BITS), max_size=25).map("".join))
@settings(max_examples=400)
def test_whatever_is_written_is_read_or_told_with_its_line(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = 1
    read = Parsed()
    try:
        read = parse(text)
    except SourceFault as fault:
        told = fault.line
    assert 1 <= told <= len(lines)
    anchors = [block.anchor for block in read.body]
    assert len(set(anchors)) == len(anchors)
    for use in read.uses:
        assert use.name in lines[use.line - 1]


PAGE = Path(__file__).parents[5] / "docs" / "reference" / "document-source.md"


@pytest.mark.parametrize("example", re.findall(r"```markdown\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
def test_the_examples_for_authors_can_be_read(example: str) -> None:
    read = parse(example)
    assert read.statements or read.claims
    assert all(use.name for use in read.uses)


def test_the_page_for_authors_names_every_word_that_can_be_written() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for word in (*FILTERS, *SHAPES, "clauses", "edition-2011", "optional", "appendix", "id"):
        assert re.search(rf"`[^`]*\b{word}\b", page), word
