"""Why a move is refused: a sentence that may also say at which fields. It knows nothing of forms or programs, which show it there."""

from __future__ import annotations

from typing import Any

from plimsoll.kernel.lib.faults import Fault


class Refusal(str):
    """A reason for refusing, as one sentence; `faults` say the same field by field. It is a text, so whoever wants only the sentence has it."""

    faults: tuple[Fault, ...]

    def __new__(cls, sentence: str, *faults: Fault) -> Refusal:
        made = super().__new__(cls, sentence)
        made.faults = faults
        return made


def at_field(field: str, sentence: str) -> Refusal:
    """A reason that stands at one field; with an empty field it is about the whole."""
    return Refusal(sentence, Fault(field, sentence)) if field else Refusal(sentence)


def missing(opening: str, *wanted: tuple[str, str, Any]) -> Refusal | None:
    """What is missing of some (field, words, value): together in one sentence, and each at its field. None when all is there.

    `opening` and `words` make the sentence: “Resolving needs” and “a cause”.
    """
    empty = [(field, words) for field, words, value in wanted if not value]
    if not empty:
        return None
    return Refusal(f"{opening} {in_words([words for _f, words in empty])}.", *(Fault(field, f"{opening} {words}.") for field, words in empty))


def in_words(words: list[str]) -> str:
    """One, two and three."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def faults_of(reasons: list[str]) -> list[Fault]:
    """What some reasons say at fields."""
    return [fault for reason in reasons for fault in getattr(reason, "faults", ())]
