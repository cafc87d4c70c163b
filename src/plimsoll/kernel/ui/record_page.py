"""The page of a record of any type: head, workflow, conversation, side panel. Every query of it stands here, and their number is constant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.operations import is_muted
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import LINK_MEANINGS, ChecklistItem, Comment, Effort, Record, Share, Tag
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.queries import SPAN
from plimsoll.kernel.targets.words import moment as said_moment
from plimsoll.kernel.trail.models import Span
from plimsoll.kernel.ui.canned import with_macro
from plimsoll.kernel.ui.clocks import blocks_of, uncovered
from plimsoll.kernel.ui.context import DeclaredView, address_of, capital, entries_count
from plimsoll.kernel.ui.decisions import decisions_of
from plimsoll.kernel.ui.happened import SAID, Line, Reader, entries_of, trail_html
from plimsoll.kernel.ui.live_pages import seen_by
from plimsoll.kernel.ui.moving import offers
from plimsoll.kernel.ui.panels import acts_of, flags_of, panels_of
from plimsoll.kernel.ui.shown import Names
from plimsoll.kernel.ui.side import custom_rows, imported_rows, long_rows, property_rows, props_html, want_properties
from plimsoll.kernel.ui.strip import flow_steps
from plimsoll.kernel.ui.taken_in import MOST_LINKS, End, Ends, Shown, in_order, linked_to
from plimsoll.kernel.ui.templatetags._dates import duration

TALK = 50
LINKED = 20  # linked records at the side
TABS = ("conversation", "checklist", "linked", "files")


class RecordPage(DeclaredView):
    """`/{plural}/{number}/`."""

    most: ClassVar[int] = TALK  # of messages and of acts
    draws_every_link: ClassVar[bool] = False

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        return self.show("ui/record.html", self.context(record))

    def context(self, record: Record, composer: dict[str, Any] | None = None, fault: dict[str, str] | None = None) -> dict[str, Any]:
        """Everything that the page shows. Reads first, then one look-up per model for names, then words."""
        rt, person = self.record_type, self.person
        flow = workflow_of(person.tenant, rt.kind)
        inside = is_inside(person, record)
        customs = {c.name: c for c in customs_of(person.tenant, rt.kind) if inside or c.is_public}
        names = Names(person.tenant)
        reader = Reader(rt, flow, customs, names, inside, person.pk)
        names.know(Organization, record.organization_id, record.organization.name)
        names.know(Person, person.pk, person.name)
        if person.organization is not None and person.organization.kind not in ("provider", "unit"):
            names.outsiders.add(person.pk)
        before = _marks(self.request.GET.get("before", ""))
        entries = entries_of(record.pk, before=before[0], most=self.most + 1)
        # When the whole trail is in hand it says which parts there are, and five questions need not be asked.
        is_whole = before == (None, None) and len(entries) == entries_count(record)
        record.past = frozenset(entry.action for entry in entries) if is_whole else None
        has = record.may_have_had
        linked_before = whole(self.request.GET.get("linked_before", ""))
        links, ends = linked_to(record, person, linked_before) if has("link") else (Ends(), ())
        shown = Shown(record, person, inside, ends)
        files = shown.files() if has("attach") or shown.taken else []
        has_excerpts = "split from" in links.meanings
        comments = shown.comments(before[1], self.most + 1, has_excerpts=has_excerpts)
        said = shown.said(comments) if before == (None, None) and len(comments) <= self.most else None
        checks = list(ChecklistItem.objects.filter(card_id=record.pk, removed_at=None)) if inside and has("add check") else []
        effort = list(Effort.objects.filter(card_id=record.pk, removed_at=None).values_list("minutes", flat=True)) if inside and has("spend") else []
        tags = list(Tag.objects.filter(cards=record.pk).order_by("name").values_list("name", flat=True)) if inside and has("tag") else []
        moment = now()
        shares = [
            s for s in Share.objects.filter(card_id=record.pk).values_list("person_id", "team_id", "why", "until") if s[3] is None or s[3] > moment
        ]
        spans = list(Span.objects.filter(card_id=record.pk).order_by("id").values_list(*SPAN, "ended_at"))
        every_end = in_order([*links.ends, *([] if linked_before else shown.further_ends())])
        decisions = decisions_of(record, person, inside=inside) if has("ask approval") else []

        reader.want(entries)
        want_properties(rt, record, names, customs)
        names.want(
            Person,
            [
                *(c.author_id for c in comments),
                *(s[0] for s in shares),
                *(c.owner_id for c in checks),
                *(c.done_by_id for c in checks),
                *(f.added_by_id for f in files),
                record.opened_by_id,
                *(first[3] for first in shown.firsts),
                *(e.card.owner_id for e in every_end),
                getattr(record, f"{rt.requester}_id", None) if rt.requester else None,
            ],
        )
        names.fetch()
        seen = seen_by(reader, entries) if before == (None, None) else 0
        can_amend = may(person, f"{rt.kind}:amend", record)
        talk, earlier = self._talk(record, entries, comments, reader, shown, before)
        base = address_of(record, rt)
        kind = self.request.GET.get("show", "")
        kind = kind if kind in dict(kinds_of(inside=inside)) else ""
        tab = self.request.GET.get("tab", "conversation")
        linked = self._linked(every_end if tab == "linked" or self.draws_every_link else every_end[:LINKED], names, moment)
        is_cut = linked_before is not None or links.older is not None
        watchers = [s[0] for s in shares if s[2] == "watcher"]
        move_offers = offers(record, flow, person)
        return {
            "record": record,
            "base": base,
            "link": self.request.build_absolute_uri(base),
            "live_href": f"{base}live/?seen={seen}" if before == (None, None) else "",
            "presence_href": f"{base}presence/",
            "offers": move_offers,
            "primary": next((o for o in move_offers if o.is_primary), None),
            "opened_by": names.of(Person, record.opened_by_id),
            "clause_words": f"{rt.clause} {capital(rt.plural_label)}",
            "flow": flow_steps(flow, record, [(s[2], s[1], s[-1]) for s in spans], moment),
            "tab": tab if tab in TABS else "conversation",
            "inside": inside,
            "can_amend": can_amend,
            "talk": [item for item in talk if is_kind(item, kind)],
            "earlier": f"{earlier}&show={kind}" if earlier and kind else earlier,
            "kinds": [
                {"label": label, "href": f"{base}?show={name}" if name else base, "is_current": name == kind}
                for name, label in kinds_of(inside=inside)
            ],
            "tabs": self._tabs(base, tab, comments, record, checks, f"{MOST_LINKS}+" if is_cut else len(every_end), files, inside),
            "composer": composer
            or with_macro(self._composer(record, names, shares, inside, base), record, person, self.request.GET.get("macro", "")),
            "fault": fault,
            "flags": flags_of(record, person),
            "rows": (rows := property_rows(rt, record, names, flow, base, inside=inside, can_amend=can_amend)),
            "custom_rows": (extra := custom_rows(rt, record, names, flow, customs, base, can_amend=can_amend)),
            "props": props_html([*rows, *extra]),
            "long_rows": long_rows(rt, record, inside=inside),
            "imported": imported_rows(record) if inside else [],
            "tags": tags,
            "watchers": [names.of(Person, w) for w in watchers] if inside else [],
            "is_watching": person.pk in watchers,
            "is_muted": is_muted(person, record),
            "decisions": decisions,
            "is_mine_to_decide": any(step["acts"] for d in decisions for step in d.steps),
            "waits_for": next((d.waits_for for d in decisions if d.is_open), ""),
            "more_acts": acts_of(record, person),
            "can_redact": inside and may(person, f"{rt.kind}:redact", record),
            "checks": [{"item": c, "owner": names.of(Person, c.owner_id), "done_by": names.of(Person, c.done_by_id)} for c in checks],
            "effort": duration(timedelta(minutes=sum(effort))) if effort else "",
            "linked": linked,
            "linked_first": linked[:LINKED],
            "linked_more": (_("Show all") if is_cut else _("Show all %(n)d") % {"n": len(every_end)}) if len(every_end) > LINKED else "",
            "linked_older": f"?tab=linked&linked_before={links.older}" if links.older is not None else "",
            "merged_into": shown.merged_into(),
            "meanings": list(LINK_MEANINGS),
            "files": [
                {
                    "id": f.pk,
                    "name": f.name,
                    "size": _size(f.size),
                    "is_public": f.is_public,
                    "scan": f.get_scan_display(),
                    "href": f"{shown.base_of(f.card_id)}attachments/{f.pk}/",
                    "from": shown.origin(f.card_id),
                    "by": names.of(Person, f.added_by_id),
                    "at": f.added_at,
                }
                for f in files
            ],
            "clocks": (
                blocks := blocks_of(
                    record,
                    person,
                    flow,
                    moment,
                    inside=inside,
                    spans=[s[:-1] for s in spans],
                    said=said,
                    has_escalations=has("escalate"),
                    has_excerpts=has_excerpts,
                )
            ),
            "uncovered": "" if blocks else uncovered(record),
            "alike": {"href": f"{base}alike/", "of": "#composer-text", "link": f"{base}links/"} if can_amend and rt.requester else None,
            "can_comment": may(person, f"{rt.kind}:comment", record),
            "panels": [
                {"title": p.title, "rows": p.rows(record, person), "more": p.more(record), "change": p.change(record, person)}
                for p in (kind() for kind in panels_of(rt.kind))
            ],
            "crumbs": self.crumbs((record.reference, "")),
        }

    def _linked(self, ends: Sequence[End], names: Names, moment: datetime) -> list[dict[str, Any]]:
        """Linked records as cards, each with how; those of a record that was taken in say from where."""
        return [
            link_card(e.card, LINK_MEANINGS[e.meaning][0 if e.is_out else 1], self.person, names, moment, e.via) | {"id": e.link if not e.via else ""}
            for e in ends
        ]

    def _talk(
        self,
        record: Record,
        entries: list[Any],
        comments: list[Comment],
        reader: Reader,
        shown: Shown,
        before: tuple[int | None, int | None],
    ) -> tuple[list[dict[str, Any]], str]:
        """Messages and acts by time; acts that follow each other stand in one list. With the mark for earlier ones."""
        earlier = ""
        most = self.most
        if len(entries) > most or len(comments) > most:
            entries, comments = entries[-most:], comments[-most:]
            # Whichever goes back less far cuts the other, so that nothing is missing between what is shown.
            cut = max([e.at for e in entries[:1] if len(entries) == most] + [c.at for c in comments[:1] if len(comments) == most])
            entries = [e for e in entries if e.at >= cut]
            comments = [c for c in comments if c.at >= cut]
            first_entry = min((e.id for e in entries), default=before[0] or 0)
            first_comment = min((c.pk for c in comments), default=before[1] or 2**62)
            earlier = f"?before={first_entry}.{first_comment}"
        lines = reader.lines([e for e in entries if e.action not in SAID])
        for line in lines:
            line.changes_href = f"{address_of(record, self.record_type)}trail/?before={line.id + 1}#entry-{line.id}" if line.differences else ""
        things: list[tuple[Any, int, int, Any]] = [(line.at, 1, line.id, line) for line in lines]
        things += [(c.at, 2, c.pk, self._message(c, reader.names) | {"from": shown.origin(c.card_id)}) for c in comments]
        if not earlier:
            for card, at, text, who in shown.firsts:
                things.append(
                    (
                        at,
                        0,
                        card,
                        self._first(record, text, reader.names) | {"author": reader.names.of(Person, who), "at": at, "from": shown.origin(card)},
                    )
                )
        if not earlier and (text := getattr(record, self.record_type.body, "") if self.record_type.body else ""):
            things.append((record.opened_at, 0, 0, self._first(record, text, reader.names)))
        talk: list[dict[str, Any]] = []
        for _at, _rank, _id, thing in sorted(things, key=lambda t: t[:3]):
            if not isinstance(thing, Line):
                talk.append({"message": thing})
            elif talk and "lines" in talk[-1]:
                talk[-1]["lines"].append(thing)
            else:
                talk.append({"lines": [thing]})
        for item in talk:
            if "lines" in item:
                item["html"] = trail_html(item["lines"])
        return talk, earlier

    def _first(self, record: Record, text: str, names: Names) -> dict[str, Any]:
        """The long text of the record as the first message: by whoever asked, else by whoever opened it."""
        key = (getattr(record, f"{self.record_type.requester}_id") if self.record_type.requester else None) or record.opened_by_id
        paper = "customer" if self.record_type.requester or key in names.outsiders else "us"
        note = "" if self.record_type.requester else str(self.record_type.model_field(self.record_type.body).verbose_name)
        return {
            "paper": paper,
            "author": names.of(Person, key),
            "note": "",
            "at": record.opened_at,
            "text": text,
            "id": "",
            "label": "" if self.record_type.requester else capital(note),
        }

    def _message(self, comment: Comment, names: Names) -> dict[str, Any]:
        paper = "internal" if not comment.is_public else "customer" if comment.author_id in names.outsiders else "us"
        note = "" if comment.channel in ("page", "api") else _("by %(channel)s") % {"channel": comment.channel}
        is_outside = self.person.pk in names.outsiders
        return {
            "paper": paper,
            "author": names.actor(comment.author_id, comment.channel),
            "note": note,
            "at": comment.at,
            "id": str(comment.pk),
            "text": _("This text was erased.") if comment.redacted_at else comment.text,
            "label": _("Reply") if is_outside or not self.record_type.requester else "",
        }

    def _tabs(
        self,
        base: str,
        tab: str,
        comments: Sequence[Any],
        record: Record,
        checks: Sequence[Any],
        linked: int | str,
        files: Sequence[Any],
        inside: bool,
    ) -> list[dict[str, Any]]:
        # what was reported is the first message of the conversation, and counts as one
        said = len(comments) + bool(self.record_type.body and getattr(record, self.record_type.body))
        count = said if said <= self.most else f"{self.most}+"
        tabs = [
            ("conversation", _("Conversation"), base, count),
            ("checklist", _("Checklist"), f"{base}?tab=checklist", len(checks)),
            ("trail", _("Trail"), f"{base}trail/", entries_count(record) if inside else ""),
            ("linked", _("Linked"), f"{base}?tab=linked", linked),
            ("files", _("Files"), f"{base}?tab=files", len(files)),
        ]
        return [
            {"label": label, "href": href, "count": n, "is_current": name == tab} for name, label, href, n in tabs if inside or name != "checklist"
        ]

    def _composer(self, record: Record, names: Names, shares: Sequence[Any], inside: bool, base: str) -> dict[str, Any]:
        """Where people write. The button names who will read it."""
        rt = self.record_type
        is_outside = self.person.pk in names.outsiders
        requester = getattr(record, f"{rt.requester}_id") if rt.requester else None
        others = {p for p, _t, why, _u in shares if p and p != self.person.pk and p != requester and why in ("watcher", "participant")}
        first = names.of(Person, requester) if requester and requester != self.person.pk else ""
        can = may(self.person, f"{rt.kind}:comment", record)
        if first:
            to = (
                ngettext("To %(who)s, and %(n)d other who watches.", "To %(who)s, and %(n)d others who watch.", len(others))
                if others
                else _("To %(who)s.")
            ) % {"who": first, "n": len(others)}
            send = (
                ngettext("Send to %(who)s and %(n)d other", "Send to %(who)s and %(n)d others", len(others)) if others else _("Send to %(who)s")
            ) % {"who": first.split()[0], "n": len(others)}
        else:
            to = _("To everybody who works on it.") if is_outside else _("To everybody who may see this.")
            send = _("Send")
        return {
            "action": f"{base}comments/",
            "mode": "public" if rt.requester else "internal",
            "can_reply": can,
            "can_note": can and inside,
            "to": to,
            "to_internal": _("Only %(provider)s’s own people can read this. It never leaves by mail.") % {"provider": self.person.tenant.name}
            if self.person.tenant
            else "",
            "send": send,
            "text": "",
            "draft": f"{base}comments/",
            "can_attach": can,
            "canned_href": f"{base}macros/" if can and inside else "",
            "hidden": [],
            "label": "" if rt.requester and not is_outside else _("Message"),
            "can_book": inside and may(self.person, f"{rt.kind}:amend", record),
            "minutes": "",
        }


def kinds_of(*, inside: bool) -> list[tuple[str, str]]:
    """What of the conversation can be shown alone."""
    kinds = [("", _("All")), ("messages", _("Messages")), ("notes", _("Internal notes")), ("acts", _("What happened"))]
    return kinds if inside else [kind for kind in kinds if kind[0] != "notes"]


def is_kind(item: dict[str, Any], kind: str) -> bool:
    """Is this piece of the conversation of the kind?"""
    if "message" not in item:
        return kind in ("", "acts")
    return kind in ("", "notes" if item["message"]["paper"] == "internal" else "messages")


def link_card(card: Card, how: str, person: Person, names: Names, moment: datetime, via: str = "") -> dict[str, Any]:
    """A linked record as a card: how it hangs together, its state, whom it is with and when it is due. `via`: the link is of a record taken in."""
    flow = workflow_of(person.tenant, card.kind)
    how = _("%(how)s (of %(ref)s)") % {"how": how, "ref": via} if via else how
    return {
        "href": address_of(card, type_named(card.kind)),
        "title": card.title,
        "ref": card.reference,
        "category": card.category,
        "how": " · ".join(
            filter(
                None,
                (
                    f"{capital(how)}. {flow.state(card.state).label}",
                    names.of(Person, card.owner_id) if card.owner_id else "",
                    _("due %(at)s") % {"at": said_moment(card.due_at, moment)} if card.due_at else "",
                ),
            )
        ),
    }


def _marks(text: str) -> tuple[int | None, int | None]:
    """Where "show earlier" goes on: before this entry and this comment."""
    entry, _dot, comment = text.partition(".")
    before, seen = whole(entry), whole(comment)
    return (None, None) if before is None or seen is None else (before, min(seen, 2**62))


def _size(size: int) -> str:
    for unit, over in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= over:
            return f"{size / over:.1f} {unit}"
    return f"{size} B"
