"""Requests walked in a real Chromium: a model is set up, a thing ordered, an approval given, each by mouse, by keyboard alone and on a phone;
and a whole life: three are asked, two teams fulfil it, the customer confirms."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER, Lived

pytestmark = IN_A_BROWSER
# A model with a condition, an approval by two of three (one of them stood in for) and tasks of two teams; orders of it that wait for their approval.
PREPARE = f"""
import sys
from datetime import timedelta
from plimsoll.kernel.approvals.operations import keep_stand_in
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.resolution.requests.operations import draft_plan, order, put_in_force
from plimsoll.resolution.requests.plan import CHOICE, Comparison, Condition, Field, Plan, Step, TaskPlan
people = {{p.name.split()[0].lower(): p for p in Person.objects.select_related("tenant", "organization")}}
ruth, greta, aoife, soon = people["ruth"], people["greta"], people["aoife"], now() + timedelta(days=9)
keep_stand_in(person=greta, stand_in=ruth, started_at=now() - timedelta(days=1), ended_at=soon, by=ruth, channel="page")
desk, network = (Team.objects.get(name=name).pk for name in ("Service desk", "Network"))
arms = Condition((Comparison("which_one", "is", "With arms"),))
plan = Plan(
    fields=(Field("which_one", "Which one", CHOICE, True, choices=("With arms", "Without arms")),
            Field("why_with_arms", "Why with arms", is_required=True, shown=arms)),
    steps=(Step("Purchase", 2, tuple(people[who].pk for who in ("dev", "ines", "greta"))),),
    tasks=(TaskPlan("buy", "Buy it", desk, 1, timedelta(hours=4)), TaskPlan("bring", "Bring it", network, 2, timedelta(hours=4))),
)
model = open_record(type_named("requestmodel"), by=ruth, channel="page", title="New chair", description="A chair that fits your back.", owner=ruth,
                    is_for_everybody=True, instruction="Ask the dealer of the framework contract.", instruction_review_on=soon.date())
put_in_force(draft_plan(model, plan, by=ruth, channel="page"), by=ruth, channel="page")
model = move(model, "offer", by=ruth, channel="page")
for name in ("to the end", *(f"by {{way}}" for way in {WAYS!r})):
    made = order(model, {{"which_one": "Without arms"}}, by=aoife, channel="page", title=f"A chair {{name}}")
    print(made.number)
"""
# Where a request stands, in the line of dots of its page inside and of the one in the portal.
WHERE = ".dot-line [aria-current=step]"


@pytest.fixture(scope="module")
def number(lived: Lived) -> str:
    """What is there to work on, and the number of the order that goes to its end."""
    return lived.system.python(PREPARE).split()[0]


@pytest.fixture(autouse=True)
def _prepared(number: str) -> None:
    """Each journey finds it prepared."""


def quiet(lived: Lived) -> None:
    """No console complained of anything but forms that were refused."""
    assert [c for told in lived.complaints.values() for c in told if "status of 422" not in c] == []


def becomes(page: Page, text: str) -> None:
    """Load anew until the line of dots stands where it should: the worker goes on by itself."""
    now = page.locator(WHERE)
    for _try in range(40):
        page.reload()
        if now.count() and text in now.inner_text():
            return
        page.wait_for_timeout(500)
    expect(now).to_contain_text(text)


@pytest.mark.parametrize("way", WAYS)
def test_set_up_a_request_model(lived: Lived, way: str) -> None:
    """No code, no JSON: questions, one of them on a condition, a step of approval, tasks of two teams, put in force, offered, ordered."""
    hand = Hand(way, page := lived.page("ruth"))
    title = f"Standing desk by {way}"
    hand.place("Desk", "Request models")
    hand.press(page.get_by_role("link", name=re.compile("^New request model")))
    hand.fill(page.get_by_label("Title"), title)
    hand.fill(page.get_by_label("Description for the customer"), "A desk to stand at.")
    hand.choose("Owner", "Ruth")
    hand.press(page.get_by_role("button", name="Open the request model"))
    expect(page).to_have_url(re.compile(r"/requestmodels/\d+/$"))
    base = page.url
    hand.press(page.locator(f"a[href$='{base.partition('/requestmodels')[2]}draft/']"))
    _question(hand, "Which one", kind="one of several", choices="With drawer\nWithout drawer")
    _question(hand, "What goes into it", shown_when=("Which one", "With drawer"))
    _approval(hand)
    for task, team in (("Buy it", "Service desk"), ("Bring it", "Network")):
        hand.press(page.get_by_role("link", name="Add a task"))
        hand.fill(page.get_by_label("What is done"), task)
        hand.choose("By which team", team)
        hand.fill(page.get_by_label("Within"), "4 h")
        _keep(hand)
    hand.press(page.get_by_role("button", name="Bring it: up"))
    hand.press(page.get_by_role("button", name="Bring it: down"))
    expect(page.locator("#tasks")).to_contain_text(re.compile("Buy it.*stage 1.*Bring it.*stage 2", re.DOTALL))
    hand.clean()
    hand.press(page.get_by_role("link", name="Preview"))
    expect(page.get_by_label("What goes into it")).to_be_hidden()
    hand.select("Which one", "With drawer")
    expect(page.get_by_label("What goes into it")).to_be_visible()
    hand.clean()
    page.go_back()
    hand.press(page.get_by_role("button", name="Put it in force"))
    expect(page).to_have_url(re.compile(f"^{base}(#.*)?$"))
    hand.move("Offer it")
    hand.tick(page.get_by_label("Everybody may order it"))
    hand.fill(page.get_by_label("Instruction for those who fulfil it"), "Ask the dealer of the framework contract.")
    hand.fill(page.get_by_label("Review of the instruction"), "2036-01-01")
    hand.clean()
    hand.press(page.get_by_role("main").get_by_role("button", name="Offer it"))
    expect(page.locator(".flow [aria-current=step]")).to_contain_text("Can be ordered")
    hand.place("Desk", "Order something")
    hand.press(page.get_by_role("link", name=re.compile(title)))
    hand.select("Which one", "Without drawer")
    hand.press(page.get_by_role("button", name="Order it"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(WHERE)).to_contain_text("Purchase")
    quiet(lived)


def _question(hand: Hand, label: str, *, kind: str = "", choices: str = "", shown_when: tuple[str, str] | None = None) -> None:
    page = hand.page
    hand.press(page.get_by_role("link", name="Add a question"))
    hand.fill(page.get_by_label("Question"), label)
    if kind:
        hand.select("What is answered", kind)
        hand.fill(page.get_by_label("Choices"), choices)
    hand.tick(page.get_by_label("It must be answered"))
    if shown_when:
        hand.select("Shown only when", shown_when[0])
        hand.fill(page.get_by_label(re.compile("^this optional")), shown_when[1])
        hand.clean()
    _keep(hand)


def _approval(hand: Hand) -> None:
    page = hand.page
    hand.press(page.get_by_role("link", name="Add a step"))
    hand.fill(page.get_by_label("Name of the step"), "Purchase")
    for n, who in enumerate(("Dev", "Ines", "Greta"), 1):
        hand.choose(f"Person {n}", who)
    hand.fill(page.get_by_label("How many of them must say yes"), "2")
    hand.clean()
    _keep(hand)


def _keep(hand: Hand) -> None:
    """Keep a piece in the draft, and be back at the whole of it."""
    hand.press(hand.page.get_by_role("button", name="Keep it in the draft"))
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text("Draft of version")


@pytest.mark.parametrize("way", WAYS)
def test_order(lived: Lived, way: str) -> None:
    """In the portal: what is missing is said, what is hidden is not asked for and never blocks."""
    hand = Hand(way, page := lived.page("aoife"))
    hand.press(page.get_by_role("link", name="Order or ask for something"))
    hand.fill(page.get_by_role("searchbox"), "chair")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=chair"))
    hand.press(page.get_by_role("main").get_by_role("link", name=re.compile("New chair")))
    why = page.get_by_label("Why with arms")
    expect(page.get_by_role("main")).to_contain_text("Purchase")
    expect(why).to_be_hidden()
    hand.select("Which one", "With arms")
    expect(why).to_be_visible()
    hand.press(page.get_by_role("button", name="Order it"))
    expect(page.get_by_role("alert")).to_contain_text("“Why with arms” is needed.")
    hand.clean()
    hand.select("Which one", "Without arms")
    expect(why).to_be_hidden()
    hand.press(page.get_by_role("button", name="Order it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("New chair")
    expect(page.locator(WHERE)).to_contain_text("Purchase")
    hand.clean()
    quiet(lived)


@pytest.mark.parametrize("way", WAYS)
def test_approve(lived: Lived, way: str) -> None:
    """From My work, as one of three of whom two must say yes; what was said by whom stands there."""
    hand = Hand(way, page := lived.page("dev"))
    hand.press(page.get_by_role("main").get_by_role("link", name=re.compile(f"A chair by {way}")))
    hand.clean()
    hand.press(page.get_by_role("button", name="Approve"))
    expect(page.locator(WHERE)).to_contain_text("1 of 2")
    hand.clean()
    quiet(lived)


def test_a_request_from_its_order_to_its_confirmation(lived: Lived, number: str) -> None:
    seen, here = (f"{lived.address}/{place}requests/{number}/" for place in ("portal/", ""))
    dev, ruth, ines, aoife = (lived.page(who) for who in ("dev", "ruth", "ines", "aoife"))
    dev.goto(here)
    dev.get_by_role("button", name="Approve").click()
    expect(dev.locator(WHERE)).to_contain_text("1 of 2")
    expect(ruth.get_by_role("main")).to_contain_text("Approve A chair to the end")  # for Greta, whom she stands in for
    ruth.goto(here)
    ruth.get_by_role("button", name="Approve").click()
    aoife.goto(seen)
    becomes(aoife, "In fulfilment")
    _task(ines, lived.address, "Buy it: A chair to the end")
    expect(ines.get_by_role("main")).to_contain_text("Ask the dealer of the framework contract.")
    Hand("mouse", ines).clean()
    _done(ines)
    _task(dev, lived.address, "Bring it: A chair to the end")
    _done(dev)
    becomes(aoife, "Fulfilled")
    hand = Hand("phone", aoife)
    hand.clean()
    hand.press(aoife.get_by_role("button", name="Confirm and close"))
    expect(aoife.locator(WHERE)).to_contain_text("Closed")
    quiet(lived)


def _done(page: Page) -> None:
    """Press “Done” on a task."""
    Hand("mouse", page).move("Done")
    page.get_by_role("main").get_by_role("button", name="Done").click()
    expect(page.locator(".flow [aria-current=step]")).to_contain_text("Done")


def _task(page: Page, address: str, title: str) -> None:
    """Open a task from My work, once its turn has come: a job opens it."""
    link = page.get_by_role("main").get_by_role("link", name=title)
    for _try in range(40):
        page.goto(f"{address}/")
        if link.count():
            break
        page.wait_for_timeout(500)
    link.first.click()
