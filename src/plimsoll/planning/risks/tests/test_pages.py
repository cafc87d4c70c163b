"""The pages of risks and their API: the map, the sandbox of criteria, treatments."""

from __future__ import annotations

import pytest
from django.utils.timezone import localdate

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records import parts
from plimsoll.planning.risks.models import RiskCriteria, Treatment
from plimsoll.planning.risks.operations import judge_all
from plimsoll.planning.risks.pages.criteria import STARTER
from plimsoll.planning.risks.tests.test_risks import AHEAD, THREE, accepts, criteria, going, risk
from tests.api import Caller
from tests.cast import House
from tests.contracts import cost, signed_in, text_of

pytestmark = pytest.mark.django_db


def page(person: Person, address: str, status: int = 200) -> str:
    answer = signed_in(person).get(address)
    assert answer.status_code == status, answer.content[:300]
    return text_of(answer)  # type: ignore[arg-type]


def test_the_map_is_useful_before_there_is_anything(house: House) -> None:
    assert "No risk criteria are in force" in page(house.ruth, "/risks/map/")
    criteria(house)
    text = page(house.ruth, "/risks/map/")
    assert "No risk lies above the line" in text and "No current risk." in text


def test_a_cell_lists_exactly_its_risks_before_and_now(house: House) -> None:
    criteria(house)
    accepts(house, house.dev, 25)
    grave, other = risk(house, "Grave one"), risk(house, "Other one", likelihood=2, impact=2)
    eased = going(risk(house, "Eased one"), "assess", "evaluate", by=house.ruth)
    planned = Treatment.objects.create(risk=eased, text="Do", owner=house.dev, due_on=AHEAD, state="done", verdict="effective")
    eased = going(going(eased, "treat", by=house.ruth), "assess_residual", by=house.ruth, residual_likelihood=2, residual_impact=2)
    assert planned.pk
    now, before = page(house.ruth, "/risks/map/?cell=4-5"), page(house.ruth, "/risks/map/?cell=4-5&show=before")
    register = now.partition('id="register"')[2]
    assert grave.title in register and eased.title not in register and other.title not in register
    assert eased.title in before.partition('id="register"')[2]
    assert "Likely and Grave, level 20" in now
    assert "One risk lies above the line" in now
    assert page(house.ruth, "/risks/map/?cell=9-9&family=nonsense&service=x&show=odd")  # what means nothing is left aside


def test_the_map_is_cut_by_family_and_service_and_leads_to_opportunities(house: House) -> None:
    criteria(house)
    one, other = risk(house, "Ours", family="organization"), risk(house, "Theirs", family="parties")
    service = house.service()
    parts.link(one, "relates to", service, by=house.ruth, channel="page")
    chance = risk(house, "A chance", sign="opportunity")
    by_service = page(house.ruth, f"/risks/map/?service={service.pk}")
    assert one.title in by_service and other.title not in by_service
    by_family = page(house.ruth, "/risks/map/?family=parties")
    assert other.title in by_family and one.title not in by_family
    assert chance.title in page(house.ruth, "/risks/map/?sign=opportunity")
    assert chance.title not in page(house.ruth, "/risks/map/")


def test_the_map_costs_the_same_whatever_lies_on_it_and_shows_nothing_of_others(house: House) -> None:
    criteria(house)
    risk(house)
    client = signed_in(house.ruth)
    first = cost(lambda: client.get("/risks/map/"))
    for n in range(12):
        risk(house, f"Risk number {n}", likelihood=1 + n % 5)
    assert cost(lambda: client.get("/risks/map/")) == first
    assert "Risk number" not in page(house.mallory, "/risks/map/")
    page(house.nobody, "/risks/map/", 403)
    page(house.aoife, "/risks/criteria/", 403)


def test_s_080_the_sandbox_shows_what_would_change_and_writes_nothing(house: House) -> None:
    criteria(house)
    made, lost = risk(house, likelihood=2, impact=3), risk(house, "Lost", likelihood=5)
    client = signed_in(house.ruth)
    answer = client.post("/risks/criteria/", {**STARTER, **THREE, "act": "try"})
    text = text_of(answer)  # type: ignore[arg-type]
    assert answer.status_code == 200 and "2 risks would change" in text
    assert "must be treated then" in text and "to be assessed again" in text and lost.title in text
    assert RiskCriteria.objects.count() == 1
    made.refresh_from_db()
    assert made.level_class == "Medium"


def test_the_sandbox_keeps_a_draft_and_says_at_the_field_what_is_wrong(house: House) -> None:
    client = signed_in(house.ruth)
    faulty = client.post("/risks/criteria/", {**STARTER, "classes": "Low: 1–4\nHigh: 6–25, must be treated", "act": "try"})
    assert faulty.status_code == 422 and "there is a gap" in text_of(faulty)  # type: ignore[arg-type]
    kept = client.post("/risks/criteria/", {**STARTER, "act": "keep"})
    made = RiskCriteria.objects.get()
    assert kept.status_code == 302 and made.state == "draft" and made.classes == STARTER["classes"]
    assert signed_in(house.greta).post("/risks/criteria/", {**STARTER, "act": "keep"}).status_code == 403


def test_a_treatment_is_planned_finished_and_judged_on_its_page(house: House) -> None:
    criteria(house)
    made = going(risk(house), "assess", "evaluate", by=house.ruth)
    here = f"/risks/{made.number}/treatments/"
    client = signed_in(house.ruth)
    service = house.service()
    assert "Nothing is planned yet" in page(house.ruth, here)
    faulty = client.post(here, {"act": "plan", "text": "", "linked": "XXX-9"})
    assert faulty.status_code == 422 and "no such record" in text_of(faulty)  # type: ignore[arg-type]
    planned = {"act": "plan", "text": "Second line", "owner": house.dev.pk, "due_on": AHEAD.isoformat(), "priority": "1", "linked": service.reference}
    assert client.post(here, planned).status_code == 302
    part = Treatment.objects.get()
    assert (part.text, part.owner, part.linked_id) == ("Second line", house.dev, service.pk)
    assert client.post(here, {"act": "judge", "key": part.pk, "verdict": "effective", "evaluation": "Looked."}).status_code == 422
    assert client.post(here, {"act": "finish", "key": part.pk}).status_code == 302
    assert client.post(here, {"act": "judge", "key": part.pk, "verdict": "effective", "evaluation": "Pulled it.", "level": "10"}).status_code == 302
    part.refresh_from_db()
    assert (part.state, part.verdict, part.residual_level, part.evaluated_by) == ("done", "effective", 10, house.ruth)
    assert "Pulled it." in page(house.greta, here)
    assert signed_in(house.greta).post(here, planned).status_code == 403
    assert client.post(here, {"act": "finish", "key": "999999"}).status_code == 404
    assert "Second line" in page(house.ruth, f"/risks/{made.number}/")
    page(house.mallory, here, 404)


def test_a_treatment_by_api(house: House) -> None:
    criteria(house)
    made = going(risk(house), "assess", "evaluate", by=house.ruth)
    ruth, greta = Caller(house.ruth), Caller(house.greta)
    here = f"risks/{made.number}/treatments"
    answer = ruth.post(here, {"text": "Second line", "owner": house.dev.pk, "due_on": AHEAD.isoformat()})
    assert answer.status_code == 201, answer.content
    key = answer.json()["id"]
    assert (
        ruth.put(f"{here}/{key}", {"text": "A second line", "owner": house.dev.pk, "due_on": AHEAD.isoformat(), "priority": 1}).json()["priority"]
        == 1
    )
    assert ruth.post(f"{here}/{key}/finish", {"on": localdate().isoformat()}).json()["state"] == "done"
    told = ruth.post(f"{here}/{key}/judge", {"verdict": "partly", "evaluation": "Half of it.", "level": 12}).json()
    assert (told["verdict"], told["level"]) == ("partly", 12)
    assert ruth.post(f"{here}/{key}/judge", {"verdict": "odd", "evaluation": "x"}).status_code == 422
    other = ruth.post(here, {"text": "Third line", "owner": house.dev.pk, "due_on": AHEAD.isoformat()}).json()["id"]
    assert ruth.post(f"{here}/{other}/drop", {"reason": "Too dear."}).json()["state"] == "dropped"
    assert [row["state"] for row in greta.get(here).json()["items"]] == ["done", "dropped"]
    assert greta.post(here, {"text": "Mine", "owner": house.dev.pk, "due_on": AHEAD.isoformat()}).status_code == 403
    assert Caller(house.mallory).get(here).status_code == 404


def test_a_service_shows_its_risks_and_a_risk_says_what_is_urgent(house: House) -> None:
    criteria(house)
    service = house.service()
    made = risk(house)
    parts.link(made, "relates to", service, by=house.ruth, channel="page")
    assert made.title in page(house.ruth, f"/services/{service.number}/")
    assert "it must be treated" in page(house.ruth, f"/risks/{made.number}/")


def test_before_and_after_is_shown_with_the_criteria(house: House) -> None:
    criteria(house)
    made = risk(house, likelihood=2, impact=3)
    second = criteria(house, **THREE)
    judge_all(second)
    text = page(house.ruth, f"/riskcriteria/{second.number}/changed/")
    assert made.reference in text and "6 Medium" in text and "6 High" in text
