"""What the linter must know of a text: of a file that was read, or of a document with the records that fill it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.documents.claiming import named, standings_of
from plimsoll.kernel.documents.content import template_named, templates
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.parsed import Parsed
from plimsoll.kernel.documents.queries import approvers_of, parsed
from plimsoll.kernel.documents.reading.files import NotReadable, Text, read_text
from plimsoll.kernel.figures.blanks import Source, UnknownBlank, blank_named
from plimsoll.kernel.figures.claims import CONTRADICTED
from plimsoll.kernel.figures.findings import Finding
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import source_of as source_of_role
from plimsoll.kernel.roles.models import Role
from plimsoll.support.intake.linting import catalogue as rules
from plimsoll.support.intake.linting.catalogue import Lint, Subject, quoted
from plimsoll.support.intake.linting.editions import WithdrawnEdition
from plimsoll.support.intake.linting.linter import in_order, lint
from plimsoll.support.intake.ours import Read, beside_ours

MOST_RECORDS = 100  # findings of records that one document shows

Finder = Callable[[Tenant, datetime], Iterable[Any]]
Stated = Callable[[Tenant], Iterable[str]]
_finders: dict[str, Finder] = {}
_stated: list[Stated] = []


def look_after(finders: dict[str, Finder], stated: Iterable[Stated] = ()) -> None:
    """Say which rooms find what is wrong with records, by kind, and which records say that they put statements into practice. Wired once."""
    _finders.update(finders)
    _stated[:] = list(stated)


@cache
def withdrawn_editions() -> tuple[WithdrawnEdition, ...]:
    """The list of withdrawn editions that the product ships."""
    with (Path(settings.PLIMSOLL_CONTENT) / "editions.toml").open("rb") as file:
        return tuple(WithdrawnEdition(row["name"], row["since"], row["now"]) for row in tomllib.load(file)["withdrawn"])


@cache
def reserved() -> dict[str, str]:
    """Codes of documents that templates refer to and that no template has, with their titles."""
    path = Path(settings.PLIMSOLL_CONTENT) / "documents" / "reserved.toml"
    return {code: told["title"] for code, told in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def _offered() -> tuple[frozenset[str], frozenset[str]]:
    """Titles and codes of what can be begun from."""
    return (
        frozenset([*(t.title for t in templates()), *reserved().values()]),
        frozenset([*(t.code for t in templates() if t.code), *reserved()]),
    )


def sort_of(read: Read) -> str:
    """What a text is: the sort of the template that it is most like, else by its title."""
    template = template_named(read.matched.template)
    title = read.text.title.casefold()
    if template is not None:
        return "plan" if template.key == "sms-plan" else "policy" if template.key == "sms-policy" else "other"
    return "plan" if "plan" in title and "service management" in title else "policy" if "policy" in title else "other"


def lint_read(read: Read, tenant: Tenant | None = None) -> list[Lint]:
    """What is wrong with a text that was taken in. One query, when a tenant is named: its documents count as known."""
    titles, codes = _offered()
    if tenant is not None:
        for title, code in Document.objects.filter(tenant=tenant).exclude(state__in=("withdrawn", "archived")).values_list("title", "code"):
            titles, codes = titles | {title}, codes | ({code} if code else frozenset())
    return lint(
        Subject(
            read.text,
            sort_of(read),
            read.matched.matches,
            read.matched.missing,
            withdrawn_editions(),
            titles,
            codes,
        )
    )


def lint_text(text: Text, tenant: Tenant | None = None) -> list[Lint]:
    return lint_read(beside_ours(text), tenant)


@lru_cache(maxsize=64)
def _own_text(body: str, sort: str, codes: frozenset[str], titles: frozenset[str]) -> tuple[Lint, ...]:
    """The rules for any text over one of our own; the same text is judged once."""
    try:
        text = read_text(body, is_markdown=True)
    except NotReadable:
        return ()
    return tuple(lint(Subject(text, sort, (), (), withdrawn_editions(), titles, codes, is_ours=True)))


def lint_document(document: Document, at: datetime | None = None) -> list[Lint]:
    """What is wrong with a document's draft, and with the records that fill it."""
    found = [*lint_words(document)]
    source, _fault = parsed(document.body)
    if source is not None:
        found += _vacant(document, source)
        found += _unimplemented(document, source)
        found += _of_records(document, source, at or now())
        found += _untrue(document, source, at or now())
    return in_order(found)


def lint_words(document: Document) -> list[Lint]:
    """What is wrong with the words alone; one query for what it refers to."""
    source, fault = parsed(document.body)
    if not document.body.strip():
        return []
    if source is None:
        assert fault is not None
        said = _("Line %(line)d: %(sentence)s") % {"line": fault.line, "sentence": fault.sentence}
        return [Lint(rules.SOURCE_FAULTY, said, _("Mend the line, then look again."), fault.line)]
    titles, codes = _offered()
    states = {
        code: (title, state, edition, number)
        for code, title, state, edition, number in Document.objects.filter(tenant=document.tenant_id)
        .exclude(code="")
        .values_list("code", "title", "state", "edition", "number")
    }
    is_plan = document.template == "sms-plan" or (
        document.sort == "plan" and not document.template and "service management" in document.title.casefold()
    )
    sort = "plan" if is_plan else "policy" if document.sort == "policy" else "other"
    found = list(_own_text(document.body, sort, frozenset([*codes, *states]), titles))
    for reference in {r.code: r for r in source.references}.values():
        known = states.get(reference.code)
        # What was never written yet is offered as a template; what was, and is not in force, is a defect (S-016).
        if known is not None and not known[2] and known[1] in ("withdrawn", "archived"):
            said = _("%(title)s (%(code)s) is referred to, and is withdrawn.") % {"title": known[0], "code": reference.code}
            source_of = Source("document", known[3], f"DOC-{known[3]} {known[0]}", f"/documents/{known[3]}/")
            yield_todo = _("Name the document that took its place.")
            found.append(Lint(rules.REFERENCE_STALE, said, yield_todo, reference.line, "", reference.text[:60], source_of))
    return in_order(found)


def _vacant(document: Document, source: Parsed) -> Iterator[Lint]:
    """S-045, S-048, S-128: roles that the text names by a field, or that own and approve it, without anybody who holds them."""
    codes = {name.split(".")[1] for name in source.names if name.startswith("roles.") and name != "roles.table"}
    codes = {"training_coordinator" if code == "training" else code for code in codes}
    named = list(Role.objects.filter(tenant=document.tenant_id, code__in=codes).exclude(state="retired").order_by("number")) if codes else []
    for role in (document.owner_role, document.approver_role):
        if role is not None and role.pk not in {r.pk for r in named}:
            named.append(role)
    held = approvers_of({role.pk for role in named}) if named else {}
    for role in named:
        if not held.get(role.pk):
            said = _("The role “%(role)s” has no holder.") % {"role": role.title}
            yield Lint(
                rules.ROLE_VACANT, said, _("Appoint somebody, or take the role out of the text."), quote=role.title, source=source_of_role(role)
            )


def _untrue(document: Document, source: Parsed, at: datetime) -> Iterator[Lint]:
    """Claims of the text that records contradict."""
    sections = {claimed.address: claimed.section for claimed in source.claims}
    titles = {section.anchor: f"{section.number} {section.title}" for section in source.sections}
    for one in standings_of(source, document, at=at):
        if one.standing == CONTRADICTED:
            said = _("“%(words)s” does not hold: %(records)s.") % {"words": quoted(one.words), "records": named(one.offenders)}
            todo = _("Mend the records, or say it otherwise.")
            where = titles.get(sections[one.address], "")
            yield Lint(rules.CLAIM_UNTRUE, said, todo, one.line, where, quoted(one.words), one.offenders[0].source)


def _unimplemented(document: Document, source: Parsed) -> Iterator[Lint]:
    """S-102: statements of a policy that no record says it puts into practice."""
    if not source.statements or not _stated:
        return
    named = {key for stated in _stated for text in stated(document.tenant) for key in text.replace(",", " ").replace(".", " ").split()}
    for statement in source.statements:
        if statement.key not in named:
            said = _("Statement %(key)s is put into practice by no objective.") % {"key": statement.key}
            todo = _("Name it in the objective that serves it, or take it back.")
            yield Lint(rules.STATEMENT_LOOSE, said, todo, statement.line, "", quoted(statement.text))


def _of_records(document: Document, source: Parsed, at: datetime) -> Iterator[Lint]:
    """What rooms find wrong with records of the kinds that fill the text."""
    kinds: set[str] = set()
    for name in source.names:
        try:
            kinds |= set(blank_named(name).kinds)
        except UnknownBlank:
            continue  # the page of fields names it
    wanted = [finder for kind, finder in _finders.items() if kind in kinds]
    found = [_as_lint(finding) for finder in dict.fromkeys(wanted) for finding in finder(document.tenant, at)]
    kept = [f for f in found if f.source is None or f.source.kind in kinds]
    yield from kept[:MOST_RECORDS]
    if len(kept) > MOST_RECORDS:
        more = len(kept) - MOST_RECORDS
        said = ngettext("%(n)d more record breaks a rule.", "%(n)d more records break rules.", more) % {"n": more}
        yield Lint(kept[-1].rule, said, _("Mend those above first."))


def _as_lint(finding: Finding) -> Lint:
    return Lint(finding.rule, finding.sentence, _("Mend the record."), source=finding.source)
