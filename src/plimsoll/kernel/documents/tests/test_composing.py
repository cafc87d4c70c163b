"""What becomes of fields when a document is composed, that blocks are kept exactly, and what a page shows of them."""

import json
import re

import pytest
from hypothesis import given, strategies as st

from plimsoll.kernel.documents.blocks import (
    Bullets,
    Heading,
    Item,
    Note,
    Open,
    Paragraph,
    Picture,
    Printed,
    Run,
    Signature,
    Stated,
    Table,
    TableRow,
    as_json,
    blocks_as_json,
    blocks_from_json,
    from_json,
    opens,
    sections_of,
    text_of,
)
from plimsoll.kernel.documents.composing import Filled, compose, digest, lying, sentence_of, shares, sources_of, widths_of
from plimsoll.kernel.documents.html import as_html, blocks_as_html
from plimsoll.kernel.documents.source import parse
from plimsoll.kernel.figures.blanks import Row, Source, Value

pytestmark = pytest.mark.once

HOUSE = Source("location", 7, "LOC-7 Harbour house", "/locations/7/")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><title>Two &amp; one</title><rect width="5" height="5"/></svg>'
LOCATIONS = Filled(Value(rows=(Row(("Harbour house", "Split"), HOUSE), Row(("Depot", "")))))
SERVICES = Filled(
    Value(columns=("Service", "Owner"), rows=(Row(("E-mail", "Ana Horvat"), Source("service", 1, "SRV-1", "/services/1/")), Row(("Print",))))
)


def composed(text: str, **filled: Filled) -> tuple:
    return compose(parse(text), {name.replace("__", "."): value for name, value in filled.items()})


# A field within a sentence


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        (Filled(Value("Northmere")), Run("Northmere", field="x")),
        (Filled(Value("Northmere", sources=(HOUSE,))), Run("Northmere", field="x", source=HOUSE)),
        (Filled(Value("Northmere"), override="The house", reason="Its old name"), Run("The house", field="x", is_overridden=True)),
        (Filled(Value(rows=(Row(("a",)), Row(("b",)), Row(("c",))))), Run("a, b and c", field="x")),
        (Filled(Value(), sentence="No name is set."), Run("No name is set.", field="x", is_open=True)),
        (Filled(None, sentence="Not kept yet."), Run("Not kept yet.", field="x", is_open=True)),
        (Filled(Value(), is_confirmed_none=True), Run("none", field="x")),
        (Filled(Value("kept"), is_confirmed_none=True), Run("kept", field="x")),
    ],
)
def test_a_field_within_a_sentence(filled: Filled, said: Run) -> None:
    (paragraph,) = composed("It is {{ x }}.", x=filled)
    assert paragraph == Paragraph("start.1", (Run("It is "), said, Run(".")))


@pytest.mark.parametrize(
    ("filter_", "value", "said"),
    [
        ("upper", Value("Split"), "SPLIT"),
        ("date", Value("2026-03-02"), "2 March 2026"),
        ("date", Value("2026-03-02T10:00:00+00:00"), "2 March 2026"),
        ("date", Value("2026-02-31"), "2026-02-31"),
        ("date", Value("soon"), "soon"),
        ("count", Value(rows=(Row(("a",)), Row(("b",)))), "2"),
        ("count", Value("one"), "1"),
    ],
)
def test_filters(filter_: str, value: Value, said: str) -> None:
    (paragraph,) = composed(f"{{{{ x|{filter_} }}}}", x=Filled(value))
    assert text_of(paragraph.runs) == said


def test_an_empty_list_counts_none_only_when_that_is_confirmed() -> None:
    assert text_of(composed("{{ x|count }}", x=Filled(Value(), is_confirmed_none=True))[0].runs) == "0"
    assert [o.sentence for o in opens(composed("{{ x|count }}", x=Filled(Value(), sentence="Confirm it.")))] == ["Confirm it."]


def test_looks_are_kept_around_a_field_and_fields_are_filled_wherever_text_stands() -> None:
    text = "**{{ x }}**\n\n- {{ x }}\n  - {{ x }}\n\n> {{ x }}\n\n> [S1] {{ x }}\n\n| A |\n| - |\n| {{ x }} |\n"
    blocks = composed(text, x=Filled(Value("V")))
    loud = Run("V", is_strong=True, field="x")
    plain = Run("V", field="x")
    assert blocks[0].runs == (loud,)
    assert blocks[1] == Bullets("start.2", (Item((plain,), (Bullets("start.2", (Item((plain,)),)),)),))
    assert blocks[2] == Note("start.3", (plain,))
    assert blocks[3] == Stated("start.4", "S1", (plain,))
    assert blocks[4] == Table("start.5", ("A",), (TableRow(((plain,),)),), (100,))


def test_a_field_that_nobody_filled_is_open() -> None:
    assert [o.name for o in opens(composed("{{ x }}\n\n{{ list y }}"))] == ["x", "y"]


# A field on a line of its own


def test_a_list_a_table_and_a_picture() -> None:
    listed, table, picture = composed(
        "{{ list x }}\n\n{{ table y }}\n\n{{ picture z }}",
        x=LOCATIONS,
        y=SERVICES,
        z=Filled(Value(svg=SVG, columns=("Part", "Many"), rows=(Row(("a", "2")),))),
    )
    assert listed == Bullets("start.1", (Item((Run("Harbour house, Split"),), source=HOUSE), Item((Run("Depot"),))), field="x")
    assert (table.columns, [[text_of(c) for c in row.cells] for row in table.rows]) == (
        ("Service", "Owner"),
        [["E-mail", "Ana Horvat"], ["Print", ""]],
    )
    assert sum(table.widths) == 100
    assert (picture.title, picture.svg, picture.twin.anchor, len(picture.twin.rows)) == ("Two & one", SVG, "start.3-twin", 1)
    assert [s.key for s in sources_of((listed, table, picture))] == ["location:7", "service:1"]


def test_a_place_takes_the_shape_that_the_value_has() -> None:
    as_table, as_list, no_picture, text = composed(
        "{{ table x }}\n{{ list y }}\n{{ picture y }}\n{{ list z }}", x=LOCATIONS, y=SERVICES, z=Filled(Value("Just a text"))
    )
    assert isinstance(as_table, Bullets)
    assert [text_of(i.runs) for i in as_list.items] == ["E-mail, Ana Horvat", "Print"]
    assert isinstance(no_picture, Table)
    assert text == Paragraph("start.4", (Run("Just a text", field="z"),))


def test_an_empty_list_is_open_until_it_is_confirmed_as_none() -> None:
    assert composed("{{ list x }}", x=Filled(Value(), sentence="Confirm that there are none.")) == (
        Open("start.1", "x", "Confirm that there are none."),
    )
    assert composed("{{ list x }}", x=Filled(Value(), is_confirmed_none=True)) == (Paragraph("start.1", (Run("None.", field="x"),)),)


def test_an_override_stands_in_the_place_of_a_list() -> None:
    blocks = composed("{{ list x }}\n\nafter", x=Filled(LOCATIONS.value, override="As the contract says:\n\n- one\n- two", reason="Customer's wish"))
    assert blocks == (
        Paragraph("start.1", (Run("As the contract says:", field="x", is_overridden=True),)),
        Bullets("start.1-2", (Item((Run("one", field="x", is_overridden=True),)), Item((Run("two", field="x", is_overridden=True),))), field="x"),
        Paragraph("start.2", (Run("after"),)),
    )


def test_a_list_within_an_item() -> None:
    (bullets,) = composed("- Places\n  {{ list x }}", x=LOCATIONS)
    assert [text_of(i.runs) for i in bullets.items[0].under[0].items] == ["Harbour house, Split", "Depot"]
    (bullets,) = composed("- Places\n  {{ list x }}", x=Filled(Value(), sentence="Say which."))
    assert bullets.items == (Item((Run("Places"), Run("\n"), Run("Say which.", field="x", is_open=True))),)
    assert [o.anchor for o in opens((bullets,))] == ["start.1"]


def test_every_anchor_is_there_once() -> None:
    blocks = composed("# A\n{{ list x }}\n{{ list x }}\n\ntext\n# B\ntext", x=Filled(None, override="a\n\nb"))
    anchors = [b.anchor for b in blocks]
    assert len(set(anchors)) == len(anchors)
    assert [heading.anchor if heading else "" for heading, _held in sections_of(blocks)] == ["a", "b"]


def test_widths_come_to_a_hundred_and_give_room_to_long_texts() -> None:
    rows = [TableRow(((Run("1"),), (Run("A long sentence that goes on and on, with more to be said about it"),)))] * 3
    widths = widths_of(("No.", "What"), rows)
    assert sum(widths) == 100
    assert widths[1] > 2 * widths[0]


def test_a_table_that_lies_takes_its_heading_along() -> None:
    wide = "|" + " A |" * 9 + "\n|" + " - |" * 9 + "\n"
    blocks = composed(f"# One\ntext\n\nmore\n\n{wide}\n# Two\n## Three\nsays\n\n{wide}\n# Four\n\n{wide}\nend")
    assert [(len(before), type(block).__name__) for before, block in lying(blocks)] == [
        *((0, name) for name in ("Heading", "Paragraph", "Paragraph", "Table")),
        *((3, "Table"), (1, "Table"), (0, "Paragraph")),
    ]
    assert tuple(one for before, block in lying(blocks) for one in (*before, block)) == blocks


@given(st.lists(st.floats(0.1, 1000), min_size=1, max_size=20))
def test_shares_come_to_exactly_a_hundred(weights: list[float]) -> None:
    assert sum(shares(weights)) == 100


@pytest.mark.parametrize(("names", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists_within_sentences(names: list[str], said: str) -> None:
    assert sentence_of(Value(rows=tuple(Row((n,)) for n in names))) == said


# Kept and read back

runs = st.lists(
    st.builds(
        Run,
        st.text(),
        is_strong=st.booleans(),
        href=st.sampled_from(["", "doc:A-1"]),
        field=st.sampled_from(["", "a.b"]),
        source=st.sampled_from([None, HOUSE]),
    ),
    max_size=3,
).map(tuple)
tables = st.builds(
    Table, st.text(), st.just(("A", "B")), st.lists(st.builds(TableRow, st.tuples(runs, runs)), max_size=3).map(tuple), st.just((40, 60))
)
bullets = st.builds(
    Bullets, st.text(), st.lists(st.builds(Item, runs, source=st.sampled_from([None, HOUSE])), max_size=3).map(tuple), st.integers(0, 9)
)
any_block = st.one_of(
    st.builds(Heading, st.text(), st.integers(1, 5), st.text(), st.text(), st.lists(st.text()).map(tuple)),
    st.builds(Paragraph, st.text(), runs),
    st.builds(Note, st.text(), runs),
    st.builds(Stated, st.text(), st.text(), runs, st.lists(st.text()).map(tuple)),
    st.builds(Open, st.text(), st.text(), st.text()),
    st.builds(Picture, st.text(), st.text(), st.text(), st.one_of(st.none(), tables)),
    tables,
    bullets,
)
documents = st.builds(
    Printed,
    st.text(),
    st.text(),
    st.text(),
    st.one_of(st.none(), st.binary()),
    st.sampled_from(["", "png"]),
    st.lists(st.tuples(st.text(), st.text()), max_size=2).map(tuple),
    st.lists(st.tuples(st.text(), st.text(), st.text(), st.text()), max_size=2).map(tuple),
    st.lists(any_block, max_size=5).map(tuple),
    st.lists(st.builds(Signature, st.text(), st.text(), st.text()), max_size=2).map(tuple),
    watermark=st.sampled_from(["", "DRAFT"]),
)


@given(documents)
def test_a_document_that_is_kept_is_read_back_equal(printed: Printed) -> None:
    again = from_json(json.loads(json.dumps(as_json(printed))))
    assert again == printed
    assert digest(again.blocks) == digest(printed.blocks)


def test_a_format_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="format 2"):
        from_json({"format": 2})


def test_the_digest_stays_as_it_is_and_moves_with_every_text_and_value() -> None:
    said = composed("# A\n{{ x }}\n{{ list y }}", x=Filled(Value("V")), y=LOCATIONS)
    assert digest(said) == "9eb6e1fde9ef25255157b6254144d037feab4079e18b7a40a15090ce148d89a4"
    assert digest(blocks_from_json(blocks_as_json(said))) == digest(said)
    others = [
        composed("# B\n{{ x }}\n{{ list y }}", x=Filled(Value("V")), y=LOCATIONS),
        composed("# A\n{{ x }}\n{{ list y }}", x=Filled(Value("W")), y=LOCATIONS),
        composed("# A\n{{ x }}\n{{ list y }}", x=Filled(Value("V")), y=Filled(Value(rows=LOCATIONS.value.rows[:1]))),
    ]
    assert len({digest(said), *map(digest, others)}) == 4


# On a page


def test_a_page_shows_headings_from_the_second_level_on_and_tables_with_heads() -> None:
    html = blocks_as_html(composed("# Scope\n## Places\n| A | B |\n| - | - |\n| 1 | 2 |\n", x=LOCATIONS), marks=False)
    assert '<h2 id="scope"><span class="num">1</span>Scope</h2>' in html
    assert '<h3 id="places"><span class="num">1.1</span>Places</h3>' in html
    assert '<th scope="col">A</th>' in html


def test_marks_name_the_field_and_lead_to_the_record() -> None:
    blocks = composed(
        "{{ a }} {{ b }} {{ c }}\n{{ list d }}\n{{ table e }}\n{{ list f }}",
        a=Filled(Value("V", sources=(HOUSE,))),
        b=Filled(Value("W"), override="X"),
        c=Filled(sentence="Say it."),
        d=LOCATIONS,
        e=SERVICES,
        f=Filled(sentence="Say <it>."),
    )
    html = blocks_as_html(blocks, marks=True)
    assert '<span class="filled" data-field="a"><a class="live" href="/locations/7/" title="LOC-7 Harbour house">V</a></span>' in html
    assert '<span class="filled live" data-field="b" data-override>X</span>' in html
    assert '<span class="open drift" data-field="c">[Say it.]</span>' in html
    assert '<ul id="start.2" class="filled" data-field="d"><li><a class="live" href="/locations/7/"' in html
    assert '<td><a class="live" href="/services/1/" title="SRV-1">E-mail</a></td>' in html
    assert '<div class="aside" role="note" id="start.4" data-field="f"><b>Open: f</b><p>Say &lt;it&gt;.</p></div>' in html
    plain = blocks_as_html(blocks, marks=False)
    assert not re.search("class=.(filled|live|open)|data-field", plain)
    assert "<p>" not in plain
    assert '<p id="start.4">[Say &lt;it&gt;.]</p>' in plain


def test_links_to_other_documents_lead_where_the_page_says() -> None:
    blocks = composed("[Policy](doc:SMS-POL-1) [Other](doc:X) [Out](https://example.org/?a=1&b)")
    html = blocks_as_html(blocks, marks=False, hrefs={"SMS-POL-1": "/documents/4/"})
    assert '<a href="/documents/4/" data-document="SMS-POL-1">Policy</a>' in html
    assert '<span data-document="X">Other</span>' in html
    assert '<a href="https://example.org/?a=1&amp;b" rel="noopener nofollow">Out</a>' in html


def test_a_picture_has_its_table_and_one_that_could_act_is_not_shown() -> None:
    value = Value(svg=SVG, columns=("A",), rows=(Row(("1",)),))
    html = blocks_as_html(composed("{{ picture x }}", x=Filled(value)), marks=False)
    assert SVG in html
    assert "<figcaption>Two &amp; one</figcaption><details" in html
    for bad in (
        "<svg><script>x</script></svg>",
        '<svg onload="x"/>',
        '<svg><a href="https://x"/></svg>',
        '<svg><rect style="x"/></svg>',
        "<svg><!--x--></svg>",
    ):
        html = blocks_as_html((Picture("a", bad, "T", composed("{{ table x }}", x=SERVICES)[0]),), marks=False)
        assert "<svg" not in html
        assert '<details class="twin" open>' in html


def test_cover_and_signatures() -> None:
    printed = Printed(
        "T",
        "Plan",
        "O",
        header=(("Code", "N-1"),),
        history=(("2 March 2026", "1.0", "Ana", "First"),),
        signatures=(Signature("Top management", "Ana"),),
    )
    html = as_html(printed, marks=False, cover=True)
    assert "<dt>Code</dt><dd>N-1</dd>" in html
    assert "<td>First</td>" in html
    assert "<td>Top management</td>" in html
    assert "Change history" not in as_html(printed, marks=False)


@given(st.text(), st.booleans())
def test_any_text_is_only_text_on_a_page(text: str, marks: bool) -> None:
    row = TableRow(((Run(text, field="x"),), (Run(text, source=HOUSE),)), HOUSE)
    blocks = (
        Heading(text, 1, "1", text),
        Paragraph("a", (Run(text, href=f"doc:{text}"),)),
        Table("t", (text, text), (row,), field=text),
        Open(text, text, text),
    )
    html = blocks_as_html(blocks, marks=marks)
    assert set(re.findall(r"<(\w+)", html)) <= {"h2", "span", "p", "table", "thead", "tbody", "tr", "th", "td", "a", "b", "div", "br"}
