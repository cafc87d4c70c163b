"""A document as Markdown: a reader of Markdown sees the same document."""

import re
from html import unescape

import pytest
from hypothesis import given, settings, strategies as st
from markdown_it import MarkdownIt

from plimsoll.kernel.documents.blocks import Bullets, Heading, Item, Note, Open, Paragraph, Picture, Printed, Run, Signature, Stated, Table, TableRow
from plimsoll.kernel.documents.markdown import as_markdown, blocks_as_markdown
from plimsoll.kernel.documents.pdf import printable
from plimsoll.kernel.documents.tests.plan import plan

pytestmark = pytest.mark.once

READER = MarkdownIt("commonmark", {"html": True}).enable("table")


def shown(markdown: str) -> str:
    """What a reader shows: the text without its tags, blanks as one."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", READER.render(markdown))).split())


def test_a_small_document() -> None:
    table = Table("t", ("Service", "Owner"), (TableRow(((Run("E-mail"),), (Run("Ana\nHorvat"),))),))
    printed = Printed(
        "Plan *A*",
        "Plan",
        "Northmere",
        header=(("Code", "N-1"),),
        history=(("2 March 2026", "1.0", "Ana", "First"),),
        blocks=(
            Heading("a", 1, "1", "Purpose"),
            Paragraph("a.1", (Run("Why "), Run("this ", is_strong=True), Run("x`y", is_code=True), Run("here", href="https://example.org/"))),
            Bullets("a.2", (Item((Run("one"),), (Bullets("a.2", (Item((Run("two"),)), Item((Run("three"),))), 3),)), Item((Run("- four"),)))),
            Note("a.3", (Run("Note"),)),
            Stated("a.4", "S1", (Run("We do."),)),
            Open("a.5", "x", "Not kept."),
            table,
            Picture("a.6", "<svg/>", "Drawn", table),
            Heading("b", 1, "A1", "Lists"),
        ),
        signatures=(Signature("Head", "Ana"),),
        version="1.0",
        code="N-1",
        watermark="DRAFT",
    )
    assert as_markdown(printed) == (
        "# Plan \\*A\\*\n\nNorthmere  \nPlan  \nN-1 · Version 1.0  \nDRAFT\n\n|  |  |\n| --- | --- |\n| Code | N-1 |\n\n**Change history**\n\n"
        "| Date | Version | By | Description of change |\n| --- | --- | --- | --- |\n| 2 March 2026 | 1.0 | Ana | First |\n\n## 1 Purpose\n\n"
        "Why **this** `` x`y ``[here](https://example.org/)\n\n- one\n  3. two\n  4. three\n- \\- four\n\n> Note\n\n> **S1** We do.\n\n"
        "\\[Not kept.\\]\n\n| Service | Owner |\n| --- | --- |\n| E-mail | Ana<br>Horvat |\n\n"
        "*Drawn*\n\n| Service | Owner |\n| --- | --- |\n| E-mail | Ana<br>Horvat |\n\n"
        "## A1 Lists\n\n**Signatures**\n\n| Role | Name | Date | Signature |\n| --- | --- | --- | --- |\n| Head | Ana |  |  |\n"
    )


def test_a_whole_plan_keeps_its_headings_and_tables() -> None:
    html = READER.render(as_markdown(plan()))
    blocks = plan().blocks
    assert len(re.findall("<h[2-6]>", html)) == sum(isinstance(b, Heading) for b in blocks)
    assert html.count("<table>") == sum(isinstance(b, Table | Picture) for b in blocks) + 3


texts = (
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Co", "Cn")), max_size=60)
    .map(printable)
    .map(lambda text: " ".join(text.split()))
)


@given(texts)
@settings(deadline=None)
def test_any_text_is_shown_as_it_was_written(text: str) -> None:
    row = TableRow(((Run(text),), (Run("end"),)))
    blocks = (Paragraph("p", (Run(text),)), Note("n", (Run(text),)), Table("t", ("A", "B"), (row,)), Bullets("l", (Item((Run(text),)),)))
    for block in blocks:
        said = "A B " * isinstance(block, Table) + text + " end" * isinstance(block, Table)
        assert shown(blocks_as_markdown((block,))) == " ".join(said.split())
