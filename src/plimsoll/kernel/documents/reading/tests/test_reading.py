"""A text that somebody else wrote, read as a structure: what is what, what is joined, what is taken out, and that nothing is lost."""

import io
from collections import Counter

import docx
import pytest
from docx.document import Document as Word
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given, settings, strategies as st

from plimsoll.kernel.documents.reading.brackets import brackets_in
from plimsoll.kernel.documents.reading.files import NotReadable, read_file, read_text
from plimsoll.kernel.documents.reading.shapes import Grid, Heading, Item, Labelled, Listing, Paragraph, Text

pytestmark = pytest.mark.once

PLAN = """
[company name]

SERVICE PLAN

Code:\tP-1
Version:\t0.3
Owner:\tMaria Keller

Table of contents

1. PURPOSE.....\t2
2. ROLES\t3

1. Purpose

This plan says how we work. It is for everybody

Page 1 of 3
\f[company name]

who works here, and for [others].

1.1. Places

- Leeds, 1 High Street
- York
 - the old mill

Page 2 of 3
\f[company name]

- Hull

Comment [AB1]: Is Hull still ours?

2. Roles

Role\tDescription
Keeper\tkeeps the list and the

Page 3 of 3
\f[company name]

| |
|--|
| register of keys |
| — tells who asks |

All is well.

Appendix A: List of keys

Key 1 opens the door.
"""


def test_a_plan_is_read_with_its_headings_fields_lists_and_tables() -> None:
    text = read_text(PLAN)
    assert text.title == "SERVICE PLAN"
    assert [(h.number, h.title, h.level) for h in text.headings if h.number] == [
        ("1", "Purpose", 1),
        ("1.1", "Places", 2),
        ("2", "Roles", 1),
        ("Appendix A", "List of keys", 1),
    ]
    assert [(label.label, label.value) for label in text.labels] == [("Code", "P-1"), ("Version", "0.3"), ("Owner", "Maria Keller")]
    assert [(c.text, c.page) for c in text.contents] == [("1. PURPOSE", "2"), ("2. ROLES", "3")]
    assert [(r.key, r.text, r.section) for r in text.remarks] == [("AB1", "Is Hull still ours?", "1.1 Places")]
    assert "All is well." in [b.text for b in text.blocks if isinstance(b, Paragraph)]


def test_a_sentence_a_list_and_a_cell_that_page_breaks_split_are_joined() -> None:
    text = read_text(PLAN)
    assert any(
        isinstance(b, Paragraph) and b.text == "This plan says how we work. It is for everybody who works here, and for [others]."
        for b in text.blocks
    )
    (listing,) = [b for b in text.blocks if isinstance(b, Listing)]
    assert [(item.text, item.depth) for item in listing.items] == [("Leeds, 1 High Street", 0), ("York", 0), ("the old mill", 1), ("Hull", 0)]
    (grid,) = text.grids
    assert grid.columns == ("Role", "Description")
    assert grid.rows[0].cells == ("Keeper", "keeps the list and the register of keys\ntells who asks")
    assert (text.breaks, text.joined) == (3, 3)


def test_headers_footers_and_page_numbers_are_taken_out_and_said() -> None:
    text = read_text(PLAN)
    assert [(t.text, t.why) for t in text.taken if t.why != "mark"] == [
        ("Page 1 of 3", "running line"),
        ("[company name]", "running line"),
        ("Page 2 of 3", "running line"),
        ("[company name]", "running line"),
        ("Page 3 of 3", "running line"),
        ("[company name]", "running line"),
    ]
    assert [(b.text, b.inside) for b in text.brackets] == [
        ("company name", "alone"),
        ("others", "sentence"),
        ("company name", "running line"),
        ("company name", "running line"),
        ("company name", "running line"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a]", [("a", False)]),
        ("[ a  b ] and []", [("a b", False), ("", False)]),
        ("[a (see [b])] c", [("a (see [b])", False)]),
        ("it is [not closed", [("not closed", True)]),
        ("it is not] opened", [("", True)]),
        ("as cited [3] and [4, 5]", []),
        ("nothing", []),
    ],
)
def test_brackets_are_found_nested_and_damaged(text: str, found: list[tuple[str, bool]]) -> None:
    assert [(b.text, b.is_damaged) for b in brackets_in(text)] == found


def test_in_markdown_links_boxes_and_keys_of_statements_are_no_brackets() -> None:
    assert not list(brackets_in("- [ ] see [the policy](doc:SMS-POL)", is_markdown=True))
    assert not list(brackets_in("[P1] We keep promises.", is_markdown=True))
    assert [b.text for b in brackets_in("[the rest]", is_markdown=True)] == ["the rest"]


def test_a_bracket_that_explains_brackets_is_not_to_be_filled() -> None:
    text = read_text("Fields marked by square brackets [] are filled in, such as [name].")
    assert [(b.text, b.is_convention) for b in text.brackets] == [("", True), ("name", False)]
    assert [b.text for b in text.to_fill] == ["name"]


def test_markdown_is_read_with_its_marks_taken_out() -> None:
    text = read_text(
        '+++\ntitle = "Plan"\n+++\n\n# Scope\n{clauses: 4.3}\n\nWe **do** it\nfor all.\n\n<!-- ask Ada -->\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n',
        is_markdown=True,
    )
    assert text.title == "Plan"
    assert [h.title for h in text.headings] == ["Scope"]
    assert [b.text for b in text.blocks if isinstance(b, Paragraph)] == ["We do it for all."]
    assert [r.text for r in text.remarks] == ["ask Ada"]
    assert (text.grids[0].columns, text.grids[0].rows[0].cells) == (("A", "B"), ("1", "2"))


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("plan.txt", b"", "empty"),
        ("plan.md", b" \n\t ", "empty"),
        ("plan.pdf", b"%PDF-1.7", "pdf"),
        ("plan.docx", b"%PDF-1.7", "pdf"),
        ("plan.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("plan.doc", b"\xd0\xcf\x11\xe0", "old_word"),
        ("plan.docx", b"PK\x03\x04 and then nothing", "broken"),
        ("plan.docx", b"just words", "broken"),
        ("plan.txt", b"a\x00b", "binary"),
        ("plan.odt", b"PK\x03\x04", "kind"),
        ("plan.txt", b"PK\x03\x04", "kind"),
        ("plan", b"words", "kind"),
        ("plan.txt", b"a" * 1_000_001, "too_long"),
    ],
)
def test_what_can_not_be_read_says_why(name: str, content: bytes, key: str) -> None:
    with pytest.raises(NotReadable) as refused:
        read_file(name, content)
    assert refused.value.key == key


def test_a_zip_that_is_no_docx_and_an_empty_docx_are_refused() -> None:
    file = io.BytesIO()
    docx.Document().save(file)
    with pytest.raises(NotReadable, match="empty"):
        read_file("plan.docx", file.getvalue())
    with pytest.raises(NotReadable, match="broken"):
        read_file("plan.docx", file.getvalue()[:2000])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_plain_text(encoding: str) -> None:
    assert [b.text for b in read_file("a.txt", "Fünf – é.".encode(encoding)).blocks if isinstance(b, Paragraph)] == ["Fünf – é."]


# A DOCX


def word_of(text: Text) -> Word:
    """The same text as a DOCX with styles, tables and comments of its own."""
    word = docx.Document()
    remarks = sorted(text.remarks, key=lambda r: r.line)
    for block in text.blocks:
        match block:
            case Heading() if block.title == text.title and not block.number:
                word.add_paragraph(block.title, style="Title")
            case Heading():
                word.add_paragraph(f"{block.number} {block.title}".strip(), style=f"Heading {block.level}")
            case Paragraph():
                word.add_paragraph(block.text)
            case Labelled():
                word.add_paragraph(f"{block.label}:\t{block.value}")
            case Listing():
                for item in block.items:
                    word.add_paragraph(item.text, style="List Bullet" if not item.depth else f"List Bullet {item.depth + 1}")
            case Grid():
                rows = [block.columns, *(row.cells for row in block.rows)] if block.columns else [row.cells for row in block.rows]
                table = word.add_table(rows=0, cols=len(rows[0]))
                for cells in rows:
                    for cell, said in zip(table.add_row().cells, cells, strict=True):
                        cell.text = said
        while remarks and remarks[0].line <= block.line + 1 and word.paragraphs:
            remark = remarks.pop(0)
            run = word.paragraphs[-1].add_run("")
            word.add_comment([run], text=remark.text, author="Reviewer", initials="".join(c for c in remark.key if c.isalpha()))
    for remark in remarks:
        word.add_comment([word.paragraphs[-1].add_run("")], text=remark.text, initials="".join(c for c in remark.key if c.isalpha()))
    return word


def bytes_of(word: Word) -> bytes:
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def test_a_docx_with_styles_tables_and_comments_gives_the_same() -> None:
    text = read_text(PLAN.replace("SERVICE PLAN", "Service plan"))
    read = read_file("plan.docx", bytes_of(word_of(text)))
    assert read.title == "Service plan"
    assert [(h.number, h.title, h.level) for h in read.headings] == [(h.number, h.title, h.level) for h in text.headings if h.title != "Service plan"]
    assert [(label.label, label.value) for label in read.labels] == [(label.label, label.value) for label in text.labels]
    assert [[i.text for i in b.items] for b in read.blocks if isinstance(b, Listing)] == [["Leeds, 1 High Street", "York", "the old mill", "Hull"]]
    assert [(g.columns, g.rows[0].cells) for g in read.grids] == [(g.columns, g.rows[0].cells) for g in text.grids]
    assert [(r.key, r.text) for r in read.remarks] == [("AB1", "Is Hull still ours?")]


def test_a_docx_that_is_plain_text_gives_the_same_line_by_line() -> None:
    word = docx.Document()
    for line in PLAN.replace("\f", "").split("\n"):
        word.add_paragraph(line)
    read, text = read_file("plan.docx", bytes_of(word)), read_text(PLAN.replace("\f", ""))
    assert (read.blocks, read.remarks, read.brackets) == (text.blocks, text.remarks, text.brackets)


def test_content_controls_page_breaks_headers_and_deleted_words_of_a_docx() -> None:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "The [company name]"
    paragraph = word.add_paragraph("It is kept ")
    control, properties, alias, prompt, content, run, said = (
        OxmlElement(n) for n in ("w:sdt", "w:sdtPr", "w:alias", "w:showingPlcHdr", "w:sdtContent", "w:r", "w:t")
    )
    alias.set(qn("w:val"), "Owner")
    said.text = "Click to enter"
    properties.extend([alias, prompt])
    run.append(said)
    content.append(run)
    control.extend([properties, content])
    paragraph._p.append(control)
    gone, gone_run, gone_text = (OxmlElement(n) for n in ("w:del", "w:r", "w:delText"))
    gone_text.text = "by nobody"
    gone_run.append(gone_text)
    gone.append(gone_run)
    paragraph._p.append(gone)
    word.add_page_break()
    word.add_paragraph("and it goes on.")
    read = read_file("plan.docx", bytes_of(word))
    assert [(c.name, c.text, c.is_prompt) for c in read.controls] == [("Owner", "Click to enter", True)]
    assert [(t.text, t.why) for t in read.taken] == [("The [company name]", "running line"), ("by nobody", "deleted")]
    assert [(b.text, b.inside) for b in read.brackets] == [("company name", "running line"), ("Owner", "alone")]
    assert [b.text for b in read.blocks if isinstance(b, Paragraph)] == ["It is kept Click to enter and it goes on."]
    assert (read.breaks, read.joined) == (1, 1)


def test_the_fields_of_a_cover_may_stand_in_a_table_of_two_columns() -> None:
    word = docx.Document()
    table = word.add_table(rows=0, cols=2)
    for label, value in (("Code", "P-1"), ("Version", "2"), ("Approved by", "Ada")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
    word.add_paragraph("Text.")
    assert [(label.label, label.value) for label in read_file("plan.docx", bytes_of(word)).labels] == [
        ("Code", "P-1"),
        ("Version", "2"),
        ("Approved by", "Ada"),
    ]


# Nothing is lost


def characters(text: str) -> Counter[str]:
    return Counter(c for c in text if not c.isspace())


PIECES = st.sampled_from(
    ["- a", " - b c", "1. One", "2.1 Two", "1.Three", "| a | b |", "|--|--|", "| |", "- | x |", "a\tb", "Code:\tX", "Version: 1", "[x]", "[]"]
    + ["x [y", "]", "Comment [BV1]: hm", "[AB2]: so", "Page 1 of 2", "12", "\f", "", "", "Contents", "1. PURPOSE.....\t3", "Appendix A: Keys"]
    + ["<ul style='x'> go on", "# H", "## **b** `c`", "{clauses: 4.3}", "+++", "---", "<!-- n -->", "Head", "Head", "Head", "and so on", "It ends."]
    + ["— dash", "> q", "a | b", "***"]
)
TEXTS = st.lists(PIECES | st.text(max_size=12), max_size=24).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, is_markdown=st.booleans())
def test_no_character_is_lost_but_what_is_said_to_be_taken_out(text: str, is_markdown: bool) -> None:
    try:
        read = read_text(text, is_markdown=is_markdown)
    except NotReadable:
        assert not text.strip()
        return
    assert characters("".join(read.said())) + characters("".join(t.text for t in read.taken)) == characters(text)


def test_items_know_their_depth() -> None:
    text = read_text("- one\n - two\n    - three\n- four")
    assert [b.items for b in text.blocks if isinstance(b, Listing)] == [
        (Item(1, "one", 0), Item(2, "two", 1), Item(3, "three", 2), Item(4, "four", 0))
    ]
