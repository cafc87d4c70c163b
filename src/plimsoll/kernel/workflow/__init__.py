"""States, arrows and guards; plain Python."""

from plimsoll.kernel.workflow.flow import (
    CATEGORIES,
    ENDED_CATEGORIES,
    OPEN_CATEGORIES,
    Guard,
    Move,
    State,
    UnknownMove,
    Workflow,
    WorkflowError,
    states,
)
from plimsoll.kernel.workflow.refusing import Refusal, at_field, faults_of, missing

__all__ = [
    "CATEGORIES",
    "ENDED_CATEGORIES",
    "OPEN_CATEGORIES",
    "Guard",
    "Move",
    "Refusal",
    "State",
    "UnknownMove",
    "Workflow",
    "WorkflowError",
    "at_field",
    "faults_of",
    "missing",
    "states",
]
