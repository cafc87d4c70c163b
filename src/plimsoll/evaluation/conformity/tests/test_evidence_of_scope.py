"""What scope, context and services prove together (4.3-a, 4.3-b, 4.3-d)."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.context.interested_parties.models import Party, PartyRequirement
from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.scopes.models import Exclusion, Scope
from plimsoll.context.scopes.rules import DIMENSIONS
from plimsoll.kernel.lib.time import now
from plimsoll.portfolio.services.models import Service
from tests.cast import House
from tests.proving import OF_ALL, asked, document, join, put, rows_of, set_to, short, told

pytestmark = pytest.mark.once
ANSWERED = {f"{name}_answer": "considered" for name in DIMENSIONS} | {f"{name}_text": "What it means." for name in DIMENSIONS}


def scope(house: House, sentence: str = "Northmere delivers.", **values: Any) -> Scope:
    return put(house, Scope, "Our scope", **{"state": "approved", "approved_at": now(), "sentence": sentence, **ANSWERED, **values})


def service(house: House, title: str = "Wi-Fi", **values: Any) -> Service:
    return put(house, Service, title, **{"state": "live", **values})


def test_4_3_a_the_approved_scope_rests_on_what_it_was_drawn_from(house: House) -> None:
    assert told(asked(house, "4.3-a")) == ("does_not", 0, 1), "there is none"
    kept = scope(house)
    assert told(asked(house, "4.3-a")) == ("partly", 4, 7), "the dimensions alone"
    issue, party, wifi = put(house, ContextIssue), put(house, Party), service(house)
    join(house, kept, issue)
    join(house, party, kept)
    assert told(asked(house, "4.3-a")) == ("partly", 6, 7), "a party that requires nothing gives no ground"
    PartyRequirement.objects.create(party=party, kind="other", text="Be there")
    assert told(asked(house, "4.3-a")) == ("conforms", 7, 7)
    assert asked(house, "4.3-a", attested="missing").verdict == "partly"
    for gone in (issue, party, wifi):
        assert told(asked(house, "4.3-a", without=(gone,))) == ("partly", 6, 7)
    assert asked(house, "4.3-a", without=(kept,)).verdict == "does_not"


def test_4_3_a_a_draft_is_no_scope_and_every_dimension_has_words(house: House) -> None:
    draft = scope(house, state="draft", approved_at=None)
    assert told(asked(house, "4.3-a")) == ("does_not", 0, 1)
    assert short(asked(house, "4.3-a")) == {draft.pk}
    kept = scope(house, technology_answer="open", location_text="")
    assert told(asked(house, "4.3-a")) == ("partly", 2, 7)
    set_to(kept, **{f"{name}_answer": "open" for name in DIMENSIONS})
    assert told(asked(house, "4.3-a")) == ("does_not", 0, 7)


@pytest.mark.parametrize(("unnamed", "verdict"), OF_ALL)
def test_4_3_b_the_scope_names_services_and_organisation(house: House, unnamed: int, verdict: str) -> None:
    rows = [service(house, f"Service number {n:02}") for n in range(19)]
    named = rows[unnamed:] if unnamed < 20 else []
    scope(house, ("Northmere delivers " if unnamed < 20 else "We deliver ") + ", ".join(row.title for row in named) + ".")
    finding = asked(house, "4.3-b")
    assert told(finding) == (verdict, 20 - unnamed, 20)
    assert {row.pk for row in rows[: min(unnamed, 19)]} <= short(finding)


def test_4_3_b_the_statement_in_force_may_name_them(house: House) -> None:
    assert told(asked(house, "4.3-b")) == ("does_not", 0, 1)
    kept = scope(house)
    assert short(asked(house, "4.3-b")) == {kept.pk}, "no live service is in scope"
    wifi, left = service(house), service(house, "Print shop", in_scope=False)
    assert short(asked(house, "4.3-b")) == {wifi.pk}
    document(house, "scope-statement", printed={"services.in_scope": rows_of(wifi)})
    assert told(asked(house, "4.3-b")) == ("conforms", 2, 2)
    assert asked(house, "4.3-b", without=(left,)).verdict == "conforms"
    assert told(asked(house, "4.3-b", without=(wifi,))) == ("does_not", 0, 1)


@pytest.mark.parametrize(("silent", "verdict"), OF_ALL)
def test_4_3_d_live_services_are_in_scope_or_excluded_with_a_reason(house: House, silent: int, verdict: str) -> None:
    kept = scope(house)
    bad = [service(house, in_scope=False) for _n in range(silent)]
    for n in range(20 - silent):
        row = service(house, in_scope=bool(n % 2), scope_reason="It was sold.")
        if not row.in_scope:
            Exclusion.objects.create(scope=kept, kind="service", record=row.card)
    service(house, state="retired", in_scope=False)
    finding = asked(house, "4.3-d")
    assert told(finding) == (verdict, 20 - silent, 20)
    assert short(finding) == {row.pk for row in bad}


def test_4_3_d_scope_and_mark_agree(house: House) -> None:
    assert told(asked(house, "4.3-d")) == ("no_evidence", 0, 0), "no service is live"
    row = service(house)
    assert told(asked(house, "4.3-d")) == ("does_not", 0, 1), "and no scope is approved"
    kept = scope(house)
    assert told(asked(house, "4.3-d")) == ("conforms", 1, 1)
    Exclusion.objects.create(scope=kept, kind="service", record=row.card, reason="It was sold.")
    assert short(asked(house, "4.3-d")) == {row.pk}, "marked as in scope, and excluded"
    set_to(row, in_scope=False)
    assert told(asked(house, "4.3-d")) == ("conforms", 1, 1)
    Exclusion.objects.update(reason="")
    assert short(asked(house, "4.3-d")) == {row.pk}, "without a reason"
    assert asked(house, "4.3-d", without=(row,)).verdict == "no_evidence", "a service that is gone is asked no more"
    assert asked(house, "4.3-d", without=(kept,)).verdict == "does_not"
