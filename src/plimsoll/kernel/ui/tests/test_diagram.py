"""The drawn workflow: every state and arrow is there, what was taken is marked, and nothing lies on anything else."""

from plimsoll.kernel.ui.diagram import draw, layers_of
from plimsoll.kernel.workflow import Move, Workflow, states

FLOW = Workflow(
    initial="new",
    states=states(("new", "new", "New"), ("busy", "active", "Busy"), ("done", "done", "Done"), ("gone", "dropped", "Gone")),
    moves=(
        Move("start", ("new",), "busy"),
        Move("finish", ("busy",), "done"),
        Move("reopen", ("done",), "busy"),
        Move("drop", ("new", "busy"), "gone"),
    ),
)


def test_states_stand_in_layers_from_the_first_on() -> None:
    assert layers_of(FLOW) == {"new": 0, "busy": 1, "gone": 1, "done": 2}


def test_the_way_taken_and_the_present_state_are_marked() -> None:
    drawing = draw(FLOW, now="done", path=["new", "busy", "done"])
    assert {box.name: box.step for box in drawing.boxes} == {"new": "past", "busy": "past", "done": "now", "gone": ""}
    assert sorted(arrow.titles for arrow in drawing.arrows if arrow.is_taken) == ["Busy → Done: Finish", "New → Busy: Start"]


def test_every_arrow_is_drawn_within_the_drawing_and_boxes_do_not_overlap() -> None:
    drawing = draw(FLOW)
    assert len(drawing.arrows) == 5
    places = {(box.x, box.y) for box in drawing.boxes}
    assert len(places) == len(drawing.boxes)
    for box in drawing.boxes:
        assert 0 <= box.x <= drawing.width - drawing.box_width and 0 <= box.y <= drawing.height - drawing.box_height
