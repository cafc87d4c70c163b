"""Reads of articles with a name: the facts of guards, editions, who may read which, what is due."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q

from plimsoll.kernel.access.queries import allows, reach
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.text import canonical
from plimsoll.kernel.records.models import Link, RecordQuerySet
from plimsoll.kernel.trail.models import Entry
from plimsoll.support.knowledge.models import Article, Edition
from plimsoll.support.knowledge.rules import TEXTS, Facts, Line, compare


def digest_of(number: int, texts: Mapping[str, Any]) -> str:
    """The SHA-256 of an edition's number and frozen texts: what proves that it is still what was published."""
    return hashlib.sha256(canonical({"number": number, **{name: texts[name] for name in TEXTS}}).encode()).hexdigest()


def is_sound(edition: Edition) -> bool:
    """Is the edition still what was published?"""
    return digest_of(edition.number, {name: getattr(edition, name) for name in TEXTS}) == edition.digest


def facts_of(articles: Sequence[Article]) -> list[Facts]:
    """The facts of some articles, in three queries however many there are."""
    keys = [a.pk for a in articles]
    authors: dict[int | None, int] = {}
    # Whoever changed the words, by whatever act; who only set an owner or a day did not write it.
    wrote = Q(action="open")
    for name in ("title", "summary", "body"):
        wrote |= Q(changes__contains=f'"{name}":')
    for card, actor in Entry.objects.filter(wrote, card__in=keys).exclude(action="redact").order_by("id").values_list("card", "actor"):
        authors[card] = actor
    waiting = dict(
        Link.objects.filter(source__in=keys, meaning="implements", target__kind="document", target__document__edition="")
        .order_by("-target__number")
        .values_list("source_id", "target__reference")
    )
    stored = {row["pk"]: row for row in Article.objects.filter(pk__in=keys).values("pk", *TEXTS)}
    return [
        Facts(
            a.body,
            a.owner_id,
            authors.get(a.pk),
            None,
            a.review_due_date is not None,
            a.pk in stored and any(stored[a.pk][name] != getattr(a, name) for name in TEXTS),
            waiting.get(a.pk, ""),
        )
        for a in articles
    ]


def overdue(tenant: Tenant, day: date) -> RecordQuerySet:
    """Published articles whose review was due before a day, or that expire on it or before; for the daily task."""
    return Article.objects.filter(Q(review_due_date__lt=day) | Q(expires_date__lte=day), tenant=tenant, state="published")


def article_with_editions(person: Person, number: int) -> tuple[Article, list[Edition]] | None:
    """An article and those of its editions that this person may read, newest first; None when there is nothing for them.

    Whoever may read the article by role reads all editions. Others read the newest only, when it is for customers and the article
    is not retired: also while the text is being revised, so that what they rely on does not vanish; the draft they never see.
    """
    found = reach(person, "article:read")
    if found.is_empty or not 0 < number < 2**31:
        return None
    article: Any = Article.objects.select_related("organization", "tenant").filter(tenant_id=found.tenant or 0, number=number).first()
    if article is None:
        return None
    editions = list(article.editions.select_related("published_by").order_by("-number"))
    if allows(found, tenant=article.tenant_id, organization=article.organization_id, access_class=article.access_class):
        return article, editions
    is_of_audience = person.organization is not None and person.organization.kind != "supplier"
    newest = editions[:1]
    if not newest or not is_of_audience or newest[0].audience != "customers" or article.state == "retired" or article.access_class:
        return None
    return article, newest


def editions_while_revised(person: Person, most: int = 50) -> list[Edition]:
    """The newest editions, for customers, of articles whose row this person may not read now because it holds a draft; by title.

    Empty for whoever reads articles by role: they see the rows themselves. One query.
    """
    found = reach(person, "article:read")
    if found.is_empty or not found.own or person.organization is None or person.organization.kind == "supplier":
        return []
    rows = Edition.objects.filter(
        article__tenant_id=found.tenant or 0, article__access_class="", number=F("article__edition"), audience="customers"
    ).exclude(article__state__in=("published", "retired"))
    return [
        edition
        for edition in rows.select_related("article").order_by("title", "pk")[:most]
        if not allows(found, tenant=edition.article.tenant_id, organization=edition.article.organization_id, access_class="")
    ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two editions side by side: which, and the lines that differ by field."""

    old: Edition
    new: Edition
    fields: dict[str, list[Line]]


def compare_editions(old: Edition, new: Edition) -> Comparison:
    """What changed from one edition to another."""
    if old.number > new.number:
        old, new = new, old
    return Comparison(old, new, {name: lines for name in TEXTS if (lines := compare(getattr(old, name), getattr(new, name)))})
