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

__all__ = ["CATEGORIES", "ENDED_CATEGORIES", "OPEN_CATEGORIES", "Guard", "Move", "State", "UnknownMove", "Workflow", "WorkflowError", "states"]
