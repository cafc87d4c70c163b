"""Pages of articles that the derived ones cannot be: the list with what is being revised, the editions, one edition, two editions compared."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.ui.context import SignedInView
from plimsoll.kernel.ui.lists import ListPage
from plimsoll.support.knowledge.models import Article, Edition
from plimsoll.support.knowledge.queries import article_with_editions, compare_editions, editions_while_revised, is_sound
from plimsoll.support.knowledge.record import ARTICLE
from plimsoll.support.knowledge.rules import TEXTS


class ArticleListPage(ListPage):
    """`/articles/`: the derived list, and under it, for outsiders, what is being revised: its newest edition stays readable."""

    record_type = ARTICLE

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        if template != "ui/list.html":
            return super().show(template, context, status)
        return super().show("knowledge/list.html", {**context, "revised": editions_while_revised(self.person)}, status)


class EditionView(SignedInView):
    """Shared: the article with what this person may read of it, else 404."""

    def found(self, number: int) -> tuple[Article, list[Edition]]:
        found = article_with_editions(self.person, number)
        if found is None:
            raise Http404
        return found

    def show(self, template: str, article: Article, editions: list[Edition], title: str, **context: object) -> HttpResponse:
        reads_record = may(self.person, "article:read", article)
        here = f"/articles/{article.number}/"
        crumbs = [(_("Articles"), "/articles/"), (article.reference, here if reads_record else ""), (title, "")]
        # The name of what was published: the record's own may be a draft's by now.
        name = editions[0].title if editions and not reads_record else article.title
        return render(
            self.request,
            template,
            {
                "article": article,
                "editions": editions,
                "here": here,
                "name": name,
                "crumbs": crumbs,
                "at_kind": "article",
                "reads_record": reads_record,
                "page": title,
                **context,
            },
        )


class EditionsPage(EditionView):
    """`/articles/{number}/editions/`: every edition, newest first."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        article, editions = self.found(number)
        return self.show("knowledge/editions.html", article, editions, _("Editions"), rows=[(e, is_sound(e)) for e in editions])


class EditionPage(EditionView):
    """`/articles/{number}/editions/{edition}/`: the frozen text."""

    def get(self, request: HttpRequest, number: int, edition: int) -> HttpResponse:
        article, editions = self.found(number)
        wanted = next((e for e in editions if e.number == edition), None)
        if wanted is None:
            raise Http404
        return self.show(
            "knowledge/edition.html",
            article,
            editions,
            _("Edition %(n)d") % {"n": wanted.number},
            edition=wanted,
            is_sound=is_sound(wanted),
            is_newest=wanted.number == editions[0].number,
        )


class ComparePage(EditionView):
    """`/articles/{number}/compare/?a=1&b=2`: what changed between two editions; without numbers the two newest."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        article, editions = self.found(number)
        by_number = {str(e.number): e for e in editions}
        newest = [str(e.number) for e in editions[:2]]
        asked = [request.GET.get(name) or default for name, default in zip("ab", reversed(newest), strict=False)] if len(newest) == 2 else []
        chosen = [by_number[n] for n in asked if n in by_number]
        comparison = compare_editions(*chosen) if len(chosen) == 2 else None
        labels = {name: str(Article._meta.get_field(name).verbose_name) for name in TEXTS}  # type: ignore[union-attr]
        return self.show(
            "knowledge/compare.html",
            article,
            editions,
            _("Compare editions"),
            comparison=comparison,
            differences=[(labels[name], lines) for name, lines in comparison.fields.items()] if comparison else [],
        )


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("articles/", ArticleListPage.as_view(), name="article_list"),
        path("articles/<int:number>/editions/", EditionsPage.as_view(), name="article_editions"),
        path("articles/<int:number>/editions/<int:edition>/", EditionPage.as_view(), name="article_edition"),
        path("articles/<int:number>/compare/", ComparePage.as_view(), name="article_compare"),
    ]
