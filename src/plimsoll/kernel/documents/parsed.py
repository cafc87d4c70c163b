"""What a source is read as: sections, uses of fields, statements, references, and the body that is to be filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plimsoll.kernel.documents.blocks import Block, Item, Run
from plimsoll.kernel.figures.blanks import Shape


class SourceFault(ValueError):
    """The source can't be read. `line` counts from 1; `sentence` says what is wrong there and what to write."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line = line
        self.sentence = sentence
        super().__init__(f"{line}: {sentence}")


class ClaimFault(SourceFault):
    """What is wrong in that line is a claim: such a text is not even kept."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what it is bound to. The anchor follows from the title, or is given, and stays when the numbers change."""

    number: str
    level: int
    title: str
    anchor: str
    clauses: tuple[str, ...] = ()
    clauses_2011: tuple[str, ...] = ()
    line: int = 0
    is_optional: bool = False
    is_appendix: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a field is printed. `shape` is text within a sentence; `anchor` is the paragraph's, `section` its section's."""

    name: str
    shape: Shape
    filter: str
    line: int
    anchor: str
    section: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A numbered statement; fields in its text are written as they are in the source."""

    key: str
    text: str
    tags: tuple[str, ...]
    anchor: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document that is named by its code."""

    code: str
    text: str
    line: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """Words that claim what records prove or contradict. `address` is `claim:kind?parameter=value`, its parameters by name."""

    address: str
    words: str
    line: int
    anchor: str
    section: str


@dataclass(frozen=True, slots=True)
class Gap(Run):
    """The place of a field within a sentence; `field` is its name."""

    filter: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a list, a table or a picture."""

    anchor: str
    name: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Hung(Item):
    """An item of a list that holds the place of another list."""

    slot: Slot | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A source that was read."""

    front: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    uses: tuple[Use, ...] = ()
    statements: tuple[Statement, ...] = ()
    references: tuple[Reference, ...] = ()
    claims: tuple[Claimed, ...] = ()
    body: tuple[Block | Slot, ...] = ()

    @property
    def title(self) -> str:
        return str(self.front.get("title", ""))

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(self.front.get("clauses", ()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, each once, in the order in which they are met."""
        return tuple(dict.fromkeys(use.name for use in self.uses))
