"""`/policies/`: what we stand for, statement by statement, with what carries it out and how well it is kept now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.ui.context import SignedInView, address_of
from plimsoll.leadership.policies.proofs import Proof, proofs_for, proven_subjects
from plimsoll.leadership.policies.queries import Policy, cards_seen, policies_for, served
from plimsoll.leadership.policies.rules import SUBJECTS, Said


class StatementsPage(SignedInView):
    """For everybody who may read a policy; what carries a statement out is shown as far as one may see it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert self.person.tenant is not None
        policies = policies_for(self.person)
        carried = served(self.person.tenant, policies)
        cards = cards_seen(self.person, {card for some in carried.values() for card in some})
        proofs, proven = proofs_for(self.person), proven_subjects()
        groups = [self._group(policy, carried, cards, proofs, proven) for policy in policies]
        count = sum(len(p.statements) for p in policies)
        idle = sum(not row["is_served"] for group in groups for row in group["rows"])
        facts = [ngettext("%(n)d statement", "%(n)d statements", count) % {"n": count}]
        if count:
            facts.append(ngettext("%(n)d that nothing carries out", "%(n)d that nothing carries out", idle) % {"n": idle})
        return render(request, "policies/statements.html", {"crumbs": [(_("Policies"), "")], "groups": groups, "facts": facts, "at_kind": "document"})

    def _group(
        self,
        policy: Policy,
        carried: dict[tuple[int, str], list[int]],
        cards: dict[int, Card],
        proofs: dict[str, list[Proof]],
        proven: frozenset[str],
    ) -> dict[str, Any]:
        document = policy.version.document
        base = f"/documents/{document.number}/"
        return {
            "title": policy.version.title,
            "number": policy.version.number,
            "code": document.code,
            "href": f"{base}versions/{policy.version.number}/",
            "change": f"{base}servings/" if may(self.person, "document:amend", document) else "",
            "rows": [self._row(s, carried.get((s.document, s.key), []), cards, proofs, proven) for s in policy.statements],
        }

    def _row(self, said: Said, keys: list[int], cards: dict[int, Card], proofs: dict[str, list[Proof]], proven: frozenset[str]) -> dict[str, Any]:
        subjects = [tag for tag, _item in SUBJECTS if tag in said.tags]
        seen = sorted((cards[key] for key in keys if key in cards), key=lambda card: (card.kind, card.number))
        return {
            "key": said.key,
            "text": said.text,
            "is_served": bool(keys),
            "hidden": len(keys) - len(seen),
            "served": [
                {
                    "href": address_of(card, type_named(card.kind)),
                    "ref": card.reference,
                    "title": card.title,
                    "category": card.category,
                    "state": workflow_of(self.person.tenant, card.kind).state(card.state).label,
                }
                for card in seen
            ],
            "proofs": [proof for tag in said.tags for proof in proofs.get(tag, ())],
            "no_process": bool(subjects) and not proven.intersection(subjects),
            "is_subject": bool(subjects),
        }
