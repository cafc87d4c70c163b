"""What was agreed stays agreed: corrections, lists that grew old, drafts of two minds, and services that the editor can't see."""

from __future__ import annotations

import re
from typing import Any

import pytest

from plimsoll.agreements.levels.models import RecalculationLine, Version
from plimsoll.agreements.levels.operations import discard_draft, draft_terms, put_in_force
from plimsoll.agreements.levels.queries import agreements_of_service, frozen_hours, shares_agreed
from plimsoll.agreements.levels.rules import ShareTarget, Target, Terms, read_terms
from plimsoll.agreements.levels.tests.test_levels import FLOW, HOUR, agreed, always, reported
from plimsoll.agreements.levels.tests.test_recalculations import recalculation_of, run
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import gate_open
from plimsoll.kernel.records.operations import amend, move
from plimsoll.portfolio.services.models import Service
from tests.cast import House
from tests.contracts import signed_in, text_of

__all__ = ["always"]
pytestmark = pytest.mark.django_db
TARGETS = (Target("resolve", None, 4 * HOUR),)


def test_a_corrected_version_covers_nothing_new(house: House, always: Calendar) -> None:
    wifi, mail = house.service("Wi-Fi"), house.service("Mail")
    agreement = agreed(house, always, services=frozenset({wifi.pk}), shares=(ShareTarget("resolve", None, 8 * HOUR, 90.0),))
    first = Version.objects.get()
    terms = Terms(hours=frozen_hours(always), services=frozenset({mail.pk}), targets=TARGETS)
    draft = draft_terms(agreement, terms, by=house.ruth, channel="page", corrects=first)
    put_in_force(draft, started_at=None, by=house.ruth, channel="page", flow=FLOW, reason="Mail was meant.")
    assert reported(house, service=wifi).covered_by_id is None
    assert reported(house, service=mail).covered_by_id == draft.pk
    assert agreements_of_service(Service.objects.get(pk=wifi.pk)) == []
    assert [v.pk for v in agreements_of_service(Service.objects.get(pk=mail.pk))] == [draft.pk]
    assert [a.known.version for a in shares_agreed(house.fresh(house.ruth).tenant)] == [first.pk], "what was under it is still judged by it"


def test_saving_a_draft_keeps_the_services_and_teams_that_have_no_box(house: House, always: Calendar) -> None:
    gone, other = house.service("Old files"), house.service("Wi-Fi")
    agreement = agreed(house, always, services=frozenset({gone.pk, other.pk}), targets=(Target("resolve", None, HOUR, team=house.network.pk),))
    with gate_open():
        Service.objects.filter(pk=gone.pk).update(state="retired")
    house.network.is_active = False
    house.network.save()
    Grant.objects.create(
        tenant=house.tenant, person=house.maeve, organization=house.brannock, words=["agreement:*"], role_name="Keeps", started_at=now()
    )
    page = f"/agreements/{agreement.number}/draft/"
    shown = text_of(signed_in(house.ruth).get(page))
    assert "Old files" in shown
    assert house.network.name in shown
    maeve = signed_in(house.fresh(house.maeve))
    assert "2 more services that you may not see" in text_of(maeve.get(page))
    sent = {"has_commitment": "on", "hours": str(always.pk), "resolve-any": "5 h"}
    assert maeve.post(page, sent).status_code == 302
    assert read_terms(agreement.versions.get(published_at=None).terms).services == {gone.pk, other.pk}


def test_a_list_that_grew_old_leaves_what_changed_since(house: House, always: Calendar) -> None:
    wifi, mail = house.service("Wi-Fi"), house.service("Mail")
    incident, still = reported(house, service=wifi), reported(house, service=wifi)
    agreement = agreed(house, always, services=frozenset({wifi.pk}))
    recalculation = run(move(recalculation_of(house, agreement), "compute", by=house.fresh(house.ruth), channel="page"), house)
    assert recalculation.differing == 2
    amend(incident, by=house.fresh(house.ruth), channel="page", service=mail)
    fields = {"reason": "Signed late."}
    done = run(move(recalculation, "apply", by=house.fresh(house.ruth), channel="page", fields=fields), house)
    incident.refresh_from_db()
    still.refresh_from_db()
    assert (done.state, incident.covered_by_id, still.covered_by_id) == ("applied", None, Version.objects.get().pk)
    assert RecalculationLine.objects.get(card=incident.pk).is_left
    assert "1 record changed after the list was made" in done.card.trail.get(action="end").detail.values["note"][1]
    assert "left: it changed meanwhile" in text_of(signed_in(house.ruth).get(f"/recalculations/{done.number}/lines/"))


def test_a_recalculation_of_a_contract_looks_at_the_customers_records_of_its_services(house: House, always: Calendar) -> None:
    wifi, mail = house.service("Wi-Fi"), house.service("Mail")
    incident = reported(house, service=wifi)
    reported(house, service=mail)
    contract = agreed(house, always, kind="contract", party=house.telco, services=frozenset({wifi.pk}), pauses={})
    done = run(move(recalculation_of(house, contract), "compute", by=house.fresh(house.ruth), channel="page"), house)
    assert (done.considered, done.differing) == (1, 1)
    run(move(done, "apply", by=house.fresh(house.ruth), channel="page", fields={"reason": "So."}), house)
    incident.refresh_from_db()
    assert incident.backed_by == [Version.objects.get().pk]


def test_a_draft_is_of_one_mind_about_what_it_corrects(house: House, always: Calendar) -> None:
    agreement = agreed(house, always)
    first, ruth = Version.objects.get(), house.fresh(house.ruth)
    terms = read_terms(first.terms)
    draft = draft_terms(agreement, terms, by=ruth, channel="page")
    with pytest.raises(Faulty) as refused:
        draft_terms(agreement, terms, by=ruth, channel="page", corrects=first)
    assert [f.field for f in refused.value.faults] == ["corrects"]
    page = signed_in(house.ruth).get(f"/agreements/{agreement.number}/draft/?corrects=1")
    assert page.headers["Location"] == f"/agreements/{agreement.number}/versions/{draft.number}/"
    discard_draft(agreement, by=ruth, channel="page")
    draft = draft_terms(agreement, terms, by=ruth, channel="page", corrects=first)
    assert draft_terms(agreement, terms, by=ruth, channel="page").corrects_id == first.pk, "saying nothing keeps it"
    draft = draft_terms(agreement, terms, by=ruth, channel="page", is_next=True)
    assert Version.objects.get(pk=draft.pk).corrects_id is None
    with pytest.raises(Faulty) as refused:
        put_in_force(draft, started_at=None, by=ruth, channel="page", flow=FLOW, reason="x" * 501)
    assert [f.field for f in refused.value.faults] == ["reason"]
    discard_draft(agreement, by=ruth, channel="page")
    with pytest.raises(Faulty, match="thrown away"):
        put_in_force(draft, started_at=None, by=ruth, channel="page", flow=FLOW)


def test_the_type_of_an_agreement_stays_once_its_terms_were_put_in_force(house: House, always: Calendar) -> None:
    agreement: Any = agreed(house, always)
    with pytest.raises(Faulty) as refused:
        amend(agreement, by=house.fresh(house.ruth), channel="page", type="contract")
    assert [f.field for f in refused.value.faults] == ["type"]


def test_terms_that_were_changed_in_another_window_are_not_overwritten_unseen(house: House, always: Calendar) -> None:
    agreement = agreed(house, always)
    page, ruth = f"/agreements/{agreement.number}/draft/", signed_in(house.ruth)
    sent = {"has_commitment": "on", "hours": str(always.pk), "seen": _seen(text_of(ruth.get(page)))}
    assert ruth.post(page, {**sent, "resolve-any": "5 h"}).status_code == 302
    refused = ruth.post(page, {**sent, "resolve-any": "6 h"})
    shown = text_of(refused)
    assert refused.status_code == 422
    assert "changed meanwhile" in shown
    assert 'value="6 h"' in shown
    assert read_terms(agreement.versions.get(published_at=None).terms).targets[0].within == 5 * HOUR
    assert ruth.post(page, {**sent, "resolve-any": "6 h", "seen": _seen(shown)}).status_code == 302


def _seen(text: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', text)
    assert found is not None
    return found[1]
