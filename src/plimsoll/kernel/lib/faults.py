"""What is wrong with given values, as sentences for people. It knows nothing of what the values are for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a value: the field (empty for the whole) and a sentence that says what, where and what to do."""

    field: str
    sentence: str


class Faulty(ValueError):
    """Values that can't be taken. `faults` says which and why; nothing was written."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(" ".join(f"{f.field}: {f.sentence}" if f.field else f.sentence for f in faults))
