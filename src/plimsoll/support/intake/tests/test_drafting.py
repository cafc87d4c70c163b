"""Whatever a text holds, the draft that it becomes is a source of ours, and its words stay words."""

import re

import pytest
from hypothesis import given, settings

from plimsoll.kernel.documents.blocks import Bullets, Heading, Paragraph, lists_of, text_of
from plimsoll.kernel.documents.reading.files import NotReadable, read_text
from plimsoll.kernel.documents.reading.tests.test_reading import TEXTS
from plimsoll.kernel.documents.source import parse
from plimsoll.support.intake.drafting import draft
from plimsoll.support.intake.duties import duties_of
from plimsoll.support.intake.ours import beside_ours
from plimsoll.support.intake.queries import shapes

pytestmark = pytest.mark.once


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_every_text_becomes_a_source_that_can_be_read(text: str) -> None:
    try:
        read = beside_ours(read_text(text))
    except NotReadable:
        return
    parse(draft(read, shapes()).source)


def test_words_that_look_like_marks_stay_words() -> None:
    said = "1. A\n\nUse *stars*, {{ braces }}, <tags>, # signs & `ticks`.\n\n# not a heading, as it ends.\n\n- [free] item"
    source = parse(draft(beside_ours(read_text(said)), shapes()).source)
    paragraphs = [text_of(b.runs) for b in source.body if isinstance(b, Paragraph)]
    assert paragraphs == ["Use *stars*, {{ braces }}, <tags>, # signs & `ticks`.", "# not a heading, as it ends."]
    assert [text_of(i.runs) for b in source.body if isinstance(b, Bullets) for i in lists_of(b)] == ["[free] item"]


def test_brackets_become_fields_where_one_fits() -> None:
    text = "1. Scope\n\n[organization name] covers [whole organization and its services].\n\n1.1 Location\n\n[Location]\n\n- [list]"
    made = draft(beside_ours(read_text(text)), shapes())
    assert "{{ organization.name }} covers {{ scope.sentence }}." in made.source
    assert "\n{{ table locations.in_scope }}\n" in made.source
    assert r"- \[list\]" in made.source
    assert (made.open_brackets, [b.title for b in parse(made.source).body if isinstance(b, Heading)]) == (1, ["Scope", "Location"])


@pytest.mark.parametrize(
    ("cell", "duties"),
    [
        ("- keeps keys\n- opens doors", ["keeps keys", "opens doors"]),
        ("keeps keys; opens doors;", ["keeps keys", "opens doors"]),
        ("ensure that keys are kept appoint a porter", ["ensure that keys are kept", "appoint a porter"]),
        ("ensure the keys are kept and to check and report them", ["ensure the keys are kept and to check and report them"]),
        ("conduct a review of the plan report to the board", ["conduct a review of the plan", "report to the board"]),
        ("maintain the change plan (see how they ensure it) define roles", ["maintain the change plan (see how they ensure it)", "define roles"]),
        ("", []),
    ],
)
def test_responsibilities_are_told_apart(cell: str, duties: list[str]) -> None:
    assert list(duties_of(cell)[0]) == duties


def test_no_name_of_a_field_is_made_up() -> None:
    from_rules = set(
        re.findall(r"\{\{ (?:table |list )?([a-z_.]+) \}\}", draft(beside_ours(read_text("1. Tools\n\nWe use [tool name].")), shapes()).source)
    )
    assert from_rules == {"tools.records"}
