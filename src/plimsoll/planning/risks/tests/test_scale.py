"""How a level follows, and what criteria must say before they count."""

from __future__ import annotations

import pytest

from plimsoll.planning.risks.pages.criteria import STARTER
from plimsoll.planning.risks.scale import ADD, MATRIX, MULTIPLY, Scale, faults_of, read_scale

THREE = "Low\nMiddle\nHigh"


def scale(
    method: str = MULTIPLY, size: int = 3, classes: str = "Small: 1–3\nGreat: 4–9, must be treated", matrix: str = "", words: str = THREE
) -> Scale:
    return read_scale(method, size, words, words, classes, matrix)


def sentences(found: Scale) -> str:
    return " ".join(sentence for _field, sentence in faults_of(found))


def test_the_starter_is_whole() -> None:
    assert faults_of(read_scale(*(STARTER[n] for n in ("method", "size", "likelihood_words", "impact_words", "classes", "matrix")))) == []


@pytest.mark.parametrize(
    ("method", "size", "matrix", "likelihood", "impact", "level"),
    [
        (MULTIPLY, 5, "", 4, 5, 20),
        (MULTIPLY, 3, "", 2, 3, 6),
        (ADD, 5, "", 4, 5, 9),
        (ADD, 4, "", 1, 1, 2),
        (MATRIX, 3, "1 1 2\n1 2 3\n2 3 4", 3, 1, 2),
        (MATRIX, 3, "1 1 2\n1 2 3\n2 3 4", 1, 3, 2),
        (MULTIPLY, 3, "", 4, 1, None),  # beyond the scale
        (MULTIPLY, 3, "", None, 1, None),
    ],
)
def test_s_080_the_level_follows_by_each_method_and_size(
    method: str, size: int, matrix: str, likelihood: int | None, impact: int | None, level: int | None
) -> None:
    assert read_scale(method, size, "", "", "", matrix).level(likelihood, impact) == level


def test_a_class_is_found_for_every_level_of_whole_criteria() -> None:
    whole = scale()
    assert faults_of(whole) == []
    assert {level: band.name for level in whole.levels if (band := whole.band(level))} == {
        1: "Small",
        2: "Small",
        3: "Small",
        4: "Great",
        6: "Great",
        9: "Great",
    }
    assert [whole.heat(level) for level in (1, 9, None)] == [1, 4, 0]


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        ("Small: 1–3\nGreat: 5–9, must be treated", "Between “Small” (1–3) and “Great” (5–9) there is a gap: no class holds 4."),
        ("Small: 1–4\nGreat: 4–9, must be treated", "“Small” (1–4) and “Great” (4–9) overlap."),
        ("Small: 2–4\nGreat: 5–9, must be treated", "No class holds the levels below 2; levels begin at 1."),
        ("Small: 1–4\nGreat: 5–8, must be treated", "No class holds the levels above 8; levels go up to 9."),
        ("Small: 4–1\nGreat: 5–9, must be treated", "“Small” ends at 1 before it begins at 4."),
        ("Small: 1–4\nsmall: 5–9, must be treated", "Two classes have the same name."),
        ("Small: 1–4\nGreat: 5–9", "Say of at least one class that it must be treated."),
        ("Small: 1–4, must be treated\nGreat: 5–9", "“Small” must be treated, so every class above it must be too."),
        ("Small: 1–4\nGreat – all others", "“Great – all others” can't be read."),
        ("All: 1–9, must be treated", "Criteria need two to 8 classes; there are 1."),
    ],
)
def test_6_1_2_c_gaps_and_overlaps_are_refused_with_a_sentence(classes: str, said: str) -> None:
    assert said in sentences(scale(classes=classes))


def test_words_must_fit_the_size() -> None:
    assert "A scale of 3 needs 3 words for the likelihood" in sentences(scale(words="Low\nHigh"))


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ("1 2\n3 4", "The matrix needs 3 lines of 3 numbers"),
        ("1 2 3\n2 3 x\n3 4 5", "Every cell of the matrix holds a whole number"),
        ("1 2 3\n2 1 3\n3 4 5", "In line 2 the number 1 is lower than one before it."),
    ],
)
def test_a_matrix_of_one_s_own_rises(matrix: str, said: str) -> None:
    assert said in sentences(scale(MATRIX, matrix=matrix, classes="Small: 1–2\nGreat: 3–5, must be treated"))
