"""What is told of two versions of a document, and of a template that moved on."""

from time import perf_counter

import pytest
from hypothesis import given, strategies as st

from plimsoll.kernel.documents.blocks import Bullets, Picture, Table
from plimsoll.kernel.documents.comparing import Change, RowChange, Stretch, by_words, changes, merged, three_way
from plimsoll.kernel.documents.composing import Filled, compose
from plimsoll.kernel.documents.source import SourceFault, parse
from plimsoll.kernel.documents.tests.plan import plan
from plimsoll.kernel.figures.blanks import Row, Source, Value

pytestmark = pytest.mark.once


def composed(text: str, **filled: Value) -> tuple:
    return compose(parse(text), {name: Filled(value, sentence="Open.") for name, value in filled.items()})


def services(*rows: tuple[int, str, str]) -> Value:
    return Value(columns=("Service", "Owner"), rows=tuple(Row((name, owner), Source("service", pk, name)) for pk, name, owner in rows))


def test_nothing_is_told_of_equal_versions() -> None:
    assert changes(plan(), plan()) == ()


def test_words_within_a_paragraph() -> None:
    old, new = composed("# A\nThe plan holds for two years."), composed("# A\nThe plan holds for three years, or less.")
    (change,) = changes(old, new)
    assert (change.kind, change.what, change.anchor, change.section) == ("changed", "paragraph", "a.1", "1 A")
    assert change.pieces == (
        Stretch("same", "The plan holds for "),
        Stretch("removed", "two"),
        Stretch("added", "three"),
        Stretch("same", " years"),
        Stretch("added", ", or less"),
        Stretch("same", "."),
    )


def test_paragraphs_that_came_and_went_in_their_places() -> None:
    old = composed("# A\nFirst stays.\n\nSecond goes away.\n\nThird stays.")
    new = composed("# A\nFirst stays.\n\nThird stays.\n\nA wholly other one.\n# B\n")
    assert [(c.kind, c.what, c.pieces[0].text) for c in changes(old, new)] == [
        ("removed", "paragraph", "Second goes away."),
        ("added", "paragraph", "A wholly other one."),
        ("added", "heading", "B"),
    ]


def test_a_number_that_moved_is_no_change() -> None:
    assert [c.what for c in changes(composed("# A\ntext"), composed("# New\n# A\ntext"))] == ["heading"]


def test_rows_are_compared_by_their_source() -> None:
    old = composed("{{ table s }}", s=services((1, "E-mail", "Ana"), (2, "Print", "Ivo"), (3, "Phone", "Eva")))
    new = composed("{{ table s }}", s=services((3, "Phone", "Eva"), (1, "E-mail and calendar", "Ana"), (4, "Print", "Ivo")))
    (change,) = changes(old, new)
    assert (change.what, change.field, change.columns) == ("table", "s", ("Service", "Owner"))
    assert [(row.kind, row.source.pk if row.source else 0) for row in change.rows] == [("changed", 1), ("added", 4), ("removed", 2)]
    assert change.rows[0].cells == ((Stretch("same", "E-mail"), Stretch("added", " and calendar")), (Stretch("same", "Ana"),))
    assert change.rows[2] == RowChange("removed", ((Stretch("removed", "Print"),), (Stretch("removed", "Ivo"),)), Source("service", 2, "Print"))


def test_lists_are_compared_by_their_source_or_by_what_they_say() -> None:
    places = (Row(("Split",), Source("location", 1, "Split")), Row(("Zagreb",)))
    old = composed("{{ list x }}", x=Value(rows=places))
    new = composed("{{ list x }}", x=Value(rows=(Row(("Split, Obala 12",), places[0].source), Row(("Rijeka",)))))
    assert isinstance(old[0], Bullets)
    (change,) = changes(old, new)
    assert [row.kind for row in change.rows] == ["changed", "added", "removed"]


def test_a_place_that_was_open_and_is_filled() -> None:
    old, new = composed("{{ list x }}", x=Value()), composed("{{ list x }}", x=Value(rows=(Row(("Split",)),)))
    (change,) = changes(old, new)
    assert (change.kind, change.what, change.field, change.pieces) == ("changed", "list", "x", (Stretch("removed", "[Open.]"),))
    assert change.rows == (RowChange("added", ((Stretch("added", "Split"),),)),)


def test_pictures_are_compared_by_what_they_show() -> None:
    def chart(owner: str, colour: str) -> tuple:
        return composed("{{ picture x }}", x=Value(svg=f"<svg><title>Units</title>{colour}</svg>", columns=("Unit",), rows=(Row((owner,)),)))

    assert isinstance(chart("a", "")[0], Picture)
    assert changes(chart("a", ""), chart("a", "red")) == ()
    assert [row.kind for row in changes(chart("a", ""), chart("b", ""))[0].rows] == ["added", "removed"]


def test_statements_are_compared_by_their_key_and_headings_by_their_anchor() -> None:
    old, new = (
        composed("# A\n{id: a}\n> [S1] We do it.\n> [S2] And that."),
        composed("# Other words\n{id: a}\n> [S1] Wholly different.\n> [S2] And that."),
    )
    assert [(c.kind, c.what) for c in changes(old, new)] == [("changed", "heading"), ("changed", "statement")]


def test_columns_that_changed_make_another_table() -> None:
    old, new = composed("| A | B |\n| - | - |\n| 1 | 2 |"), composed("| A | C |\n| - | - |\n| 1 | 2 |")
    assert isinstance(old[0], Table)
    assert [c.kind for c in changes(old, new)] == ["removed", "added"]


@given(st.text(), st.text())
def test_both_texts_can_be_read_from_their_words(old: str, new: str) -> None:
    pieces = by_words(old, new)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new


def test_long_documents_are_compared_in_time() -> None:
    old, new = plan(200, 1000), plan(199, 1001)
    before = perf_counter()
    found = changes(old, new)
    assert perf_counter() - before < 2
    assert [(c.field, [row.kind for row in c.rows]) for c in found] == [("services.in_scope", ["removed"]), ("people.all", ["added"])]
    assert isinstance(found[0], Change)


# A template that moved on

BASE = '+++\ntitle = "T"\n+++\nIntro.\n\n# One\nFirst.\n\n# Two\nSecond.\n\n## Deep\nThird.\n\n# Gone\nFourth.\n'


def kinds(ours: str, theirs: str) -> dict[str, str]:
    return {piece.anchor: piece.kind for piece in three_way(BASE, ours, theirs)}


def test_what_nobody_changed_is_the_same() -> None:
    assert kinds(BASE, BASE + "\n\n") == {"": "same", "one": "same", "two": "same", "deep": "same", "gone": "same"}
    assert merged(three_way(BASE, BASE, BASE)) == BASE


def test_each_change_is_taken_from_where_it_was_made() -> None:
    ours = BASE.replace("First.", "First of us.").replace("Third.", "Ours.").replace("Intro.", "Same new.")
    theirs = BASE.replace("Second.", "Second of them.").replace("Third.", "Theirs.").replace("Intro.", "Same new.")
    assert kinds(ours, theirs) == {"": "same", "one": "ours", "two": "theirs", "deep": "both", "gone": "same"}
    pieces = three_way(BASE, ours, theirs)
    assert merged(pieces) == ours.replace("Second.", "Second of them.")
    assert merged(pieces, {"deep": "theirs"}) == ours.replace("Second.", "Second of them.").replace("Ours.", "Theirs.")


def test_sections_that_came_and_went() -> None:
    ours = BASE.replace("# Gone\nFourth.\n", "# Own\nOf us.\n")
    theirs = BASE.replace("## Deep\nThird.\n\n", "").replace("# Two", "# New\nOf them.\n\n# Two")
    assert kinds(ours, theirs) == {"": "same", "one": "same", "new": "theirs", "two": "same", "deep": "theirs", "own": "ours", "gone": "ours"}
    assert merged(three_way(BASE, ours, theirs)) == BASE.replace("# Two", "# New\nOf them.\n\n# Two").replace("## Deep\nThird.\n\n", "").replace(
        "# Gone\nFourth.\n", "# Own\nOf us.\n"
    )
    both = {p.anchor: p for p in three_way(BASE, BASE.replace("# Gone\nFourth.\n", ""), BASE.replace("Fourth.", "Changed."))}
    assert (both["gone"].kind, both["gone"].ours, both["gone"].text) == ("both", None, None)


def test_what_can_not_be_read_is_refused() -> None:
    with pytest.raises(SourceFault):
        three_way(BASE, BASE + "{{ x", BASE)


def test_an_upgrade_of_a_source_that_only_we_changed_is_that_source() -> None:
    ours = BASE.replace("Second.", "Other.") + "\n# Mine\n{clauses: 6.3}\nText."
    assert parse(merged(three_way(BASE, ours, BASE))).sections[-1].clauses == ("6.3",)
