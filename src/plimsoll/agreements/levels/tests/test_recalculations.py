"""Recalculations: the list of before and after, applied only on request, in the trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.agreements.levels import recalculating
from plimsoll.agreements.levels.models import Agreement, Recalculation, RecalculationLine
from plimsoll.agreements.levels.operations import draft_terms, put_in_force
from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.rules import Target, Terms
from plimsoll.agreements.levels.tasks import run_recalculation
from plimsoll.agreements.levels.tests.test_levels import FLOW, HOUR, agreed, always, clocks, reported
from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record, set_derived
from plimsoll.kernel.targets.operations import compare
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.running import run_waiting
from plimsoll.resolution.incidents.models import Incident
from tests.cast import House
from tests.contracts import signed_in, text_of

__all__ = ["always"]
pytestmark = pytest.mark.django_db


def corrected(house: House, agreement: Agreement, calendar: Calendar, hours: int) -> None:
    terms = Terms(hours=frozen_hours(calendar), targets=(Target("resolve", None, hours * HOUR),))
    draft = draft_terms(agreement, terms, by=house.ruth, channel="page", corrects=agreement.versions.order_by("number").first())
    put_in_force(draft, started_at=None, by=house.ruth, channel="page", flow=FLOW, reason="Six hours were signed.")


def recalculation_of(house: House, agreement: Agreement, **values: Any) -> Recalculation:
    made = open_record(type_named("recalculation"), by=house.ruth, channel="page", title="After the correction", agreement=agreement, **values)
    assert isinstance(made, Recalculation)
    return made


def run(recalculation: Recalculation, house: House) -> Recalculation:
    """What the worker does with the job that the move left."""
    job = Job.objects.filter(task="levels.recalculation").latest("pk")
    run_recalculation.call(**job.payload)
    return Recalculation.objects.get(pk=recalculation.pk)


def test_a_correction_reaches_old_records_by_a_recalculation_that_was_applied(house: House, always: Calendar) -> None:
    agreement = agreed(house, always)
    old = reported(house, at=agreement.opened_at - timedelta(hours=5))
    wrong = old.covered_by_id
    corrected(house, agreement, always, 6)
    recalculation = move(recalculation_of(house, agreement), "compute", by=house.fresh(house.ruth), channel="page")
    recalculation = run(recalculation, house)
    assert (recalculation.state, recalculation.considered, recalculation.differing, recalculation.verdicts_changed) == ("computed", 1, 1, 1)
    line = RecalculationLine.objects.get()
    assert (line.before["resolve"]["verdict"], line.after["resolve"]["verdict"]) == ("missed", "open")
    old.refresh_from_db()
    assert old.covered_by_id == wrong  # computing changes nothing
    with pytest.raises(MoveRefused, match="Say why"):
        move(recalculation, "apply", by=house.fresh(house.ruth), channel="page")
    recalculation = move(recalculation, "apply", by=house.fresh(house.ruth), channel="page", fields={"reason": "Six hours were signed."})
    recalculation = run(recalculation, house)
    assert recalculation.state == "applied"
    old = Incident.objects.get(pk=old.pk)
    assert old.covered_by_id == line.after_version_id != wrong
    assert clocks(old)["resolve"].within == 6 * HOUR
    assert compare(old) == []
    entry = old.card.trail.get(action="recalculate")
    assert "Six hours were signed." in entry.detail.values["note"][1]
    assert run(recalculation, house).state == "applied"  # a second run of the job does nothing
    assert old.card.trail.filter(action="recalculate").count() == 1


def test_records_from_before_the_first_agreement_come_under_it_and_the_period_limits_which(house: House, always: Calendar) -> None:
    late = [reported(house), reported(house)][1]
    agreement = agreed(house, always)
    recalculation = run(move(recalculation_of(house, agreement), "compute", by=house.fresh(house.ruth), channel="page"), house)
    assert recalculation.differing == 2
    today = late.opened_at.date()
    ahead = recalculation_of(house, agreement, opened_from=today + timedelta(days=2))
    assert run(move(ahead, "compute", by=house.fresh(house.ruth), channel="page"), house).considered == 0
    turned = recalculation_of(house, agreement, opened_from=today, opened_before=today)
    with pytest.raises(MoveRefused, match="must end after"):
        move(turned, "compute", by=house.fresh(house.ruth), channel="page")


def test_nothing_to_apply_is_said_and_other_customers_are_left_alone(house: House, always: Calendar) -> None:
    agreement = agreed(house, always)
    reported(house)
    house.incident("Theirs", by=house.fresh(house.ruth), organization=house.strand_housing)
    recalculation = run(move(recalculation_of(house, agreement), "compute", by=house.fresh(house.ruth), channel="page"), house)
    assert (recalculation.considered, recalculation.differing) == (1, 0)
    with pytest.raises(MoveRefused, match="nothing to apply"):
        move(amend(recalculation, by=house.fresh(house.ruth), channel="page", reason="So."), "apply", by=house.fresh(house.ruth), channel="page")


def test_what_is_computed_is_not_set_by_hand(house: House, always: Calendar) -> None:
    agreed(house, always)
    incident = reported(house)
    with pytest.raises(Refused):
        set_derived(incident, {"covered_by": None}, by=house.ruth, channel="page", action="recalculate")
    incident.refresh_from_db()
    assert incident.covered_by_id is not None


def test_a_recalculation_that_stands_still_says_so_on_its_page_and_is_tried_again_there(
    house: House, always: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = agreed(house, always)
    recalculation = move(recalculation_of(house, agreement), "compute", by=house.fresh(house.ruth), channel="page")
    page = f"/recalculations/{recalculation.number}/"
    ruth, greta = signed_in(house.ruth), signed_in(house.greta)
    assert "could not be made" not in text_of(ruth.get(page))  # it waits for its turn
    monkeypatch.setattr(recalculating, "_records", broken)
    for _attempt in range(3):
        Job.objects.update(run_at=now())
        run_waiting()
    told = text_of(ruth.get(page))
    assert "The list could not be made. What went wrong: KeyError: &#x27;a kind that nobody covers&#x27;" in told
    assert "Try again now" in told
    assert "could not be made" in text_of(greta.get(page))
    assert "Try again now" not in text_of(greta.get(page))
    assert greta.post(f"{page}again/").status_code == 403
    monkeypatch.undo()
    assert ruth.post(f"{page}again/").status_code == 302
    assert ruth.post(f"{page}again/").status_code == 302  # pressed twice: it waits already, and says so
    run_waiting()
    assert Recalculation.objects.get(pk=recalculation.pk).state == "computed"
    assert "could not be made" not in text_of(ruth.get(page))


def test_one_whose_job_was_forgotten_is_asked_for_anew(house: House, always: Calendar) -> None:
    recalculation = move(recalculation_of(house, agreed(house, always)), "compute", by=house.fresh(house.ruth), channel="page")
    Job.objects.all().delete()
    assert recalculating.trouble_of(recalculation) is not None
    recalculating.try_again(recalculation, by=house.ruth, channel="page")
    run_waiting()
    assert Recalculation.objects.get(pk=recalculation.pk).state == "computed"


def broken(recalculation: Recalculation) -> Any:
    raise KeyError("a kind that nobody covers")
