"""The room of a major incident: timers, roles, what people are told, the procedure, things to do, the timeline, the incidents in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.models import ChecklistItem
from plimsoll.kernel.records.operations import MoveRefused
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.ui.choosing import find_one, label_for
from plimsoll.kernel.ui.context import address_of
from plimsoll.kernel.ui.forms import Chooser
from plimsoll.kernel.ui.happened import Line, trail_html
from plimsoll.kernel.ui.record_page import RecordPage, link_card
from plimsoll.kernel.ui.shown import Names
from plimsoll.kernel.ui.templatetags._dates import at, duration
from plimsoll.resolution.majors.models import MajorIncident, MajorReview, ProcedureStep, ToldTop
from plimsoll.resolution.majors.operations import NOTICE, affect, inform_top, note_down, send_update, spare, take_role, tick_step
from plimsoll.resolution.majors.queries import (
    affected_organizations,
    children_of_lead,
    informed_since,
    manager_since,
    minutes_between_updates,
    named_as_affected,
)
from plimsoll.resolution.majors.record import MAJOR
from plimsoll.resolution.majors.reporting import Happening, timeline_of
from plimsoll.resolution.majors.rules import RUNNING

CHANNEL = "page"
MOST_CARDS = 20
MOST_NAMES = 20
LATER = (15, 30, 60, 120, 240)


@dataclass(frozen=True, slots=True)
class Tile:
    """A clock as the room draws it. `since` or `until` are the moments that a script counts from or to."""

    name: str
    figure: str
    word: str
    tone: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role in the room, and who has it."""

    name: str
    label: str
    who: str
    is_mine: bool


class RoomPage(RecordPage):
    """`/majors/{number}/`: the record page, arranged for it."""

    record_type = MAJOR

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        major = self._major(number)
        # Whoever is not inside reads the record as any other: what the room gathers is for those who handle it.
        return self.room(major) if is_inside(self.person, major) else super().get(request, number)

    def _major(self, number: int) -> MajorIncident:
        found = self.found(number)
        assert isinstance(found, MajorIncident)
        found.lead.tenant = found.tenant
        return found

    def room(self, major: MajorIncident, fault: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
        return self.show("majors/room.html", self.context(major, fault=fault) | self._room(major, fault), status)

    def _room(self, major: MajorIncident, fault: dict[str, str] | None) -> dict[str, Any]:
        moment, person = now(), self.person
        is_lead_seen = may(person, "incident:read", major.lead) and is_inside(person, major.lead)
        affected, named = affected_organizations(major), named_as_affected(major)
        names = [(o.pk if o.pk in named else None, o.name) for o in affected]
        listed = ", ".join(name for _key, name in names[:MOST_NAMES])
        if further := len(names[MOST_NAMES:]):
            listed = _("%(names)s and %(n)d more") % {"names": listed, "n": further}
        can_inform = may(person, "majorincident:inform", major)
        holders = {p.pk: p.name for p in Person.objects.filter(pk__in=[major.owner_id, major.communications_id, major.scribe_id])}
        told = list(ToldTop.objects.filter(major=major).select_related("person"))
        read = dict(Notice.objects.filter(card_id=major.pk, why="oversees", entry__action="open").values_list("person_id", "read_at"))
        cards, more = self._incidents(major, moment)
        minutes = minutes_between_updates(major.tenant, major.priority)
        is_running = major.state in RUNNING
        return {
            "tiles": self._tiles(major, moment),
            "roles": [
                Role(n, str(MAJOR.model_field(n).verbose_name), holders.get(key, ""), key == person.pk)
                for n in ("owner", "communications", "scribe")
                for key in [getattr(major, f"{n}_id")]
            ],
            "talk": talk_of(timeline_of(major, with_lead=is_lead_seen)),
            "steps": list(ProcedureStep.objects.filter(major=major).select_related("done_by")),
            "told": [
                (row.person.name if row.person else row.how, row.at, read.get(row.person_id) if row.how == NOTICE and row.person_id else None)
                for row in told
            ],
            "affected": names[:MOST_NAMES],
            "affected_rest": names[MOST_NAMES:],
            "incident_cards": cards,
            "incidents_more": more,
            "family_href": f"/incidents/{major.lead.number}/family/" if may(person, "incident:amend", major.lead) else "",
            "reviews": self._cards(
                [
                    (card, _("Review"))
                    for part in visible_cards(
                        person, Card.objects.filter(pk__in=MajorReview.objects.filter(major=major).values("pk")), kinds=["majorreview"]
                    )
                    for card in part
                ],
                moment,
            ),
            "is_running": is_running,
            "can_inform": can_inform and major.state not in ("closed", "withdrawn"),
            "typed": self.request.POST if fault else {},
            "fault": fault,
            "tell_to": ngettext("To %(n)d customer: %(names)s.", "To %(n)d customers: %(names)s.", len(affected))
            % {"n": len(affected), "names": listed}
            if affected
            else _("No customer is affected by record. Name one at the side first."),
            "tell_button": ngettext("Tell %(n)d customer", "Tell %(n)d customers", len(affected)) % {"n": len(affected)},
            "later": [("", _("as usual, in %(time)s") % {"time": duration(timedelta(minutes=minutes))})]
            + [(str(n), _("in %(time)s") % {"time": duration(timedelta(minutes=n))}) for n in LATER if n != minutes]
            if is_running
            else [],
            "person_chooser": self._search(Person, "owner", "action-owner", fault),
            "customer_chooser": self._search(Organization, "organization", "affected-organization", fault),
        }

    def _search(self, model: type[Model], name: str, key: str, fault: dict[str, str] | None) -> SafeString:
        """A search for somebody; after a fault with whom it had."""
        chooser = self._chooser(model)
        return chooser.render(name, chooser.value_from_datadict(self.request.POST, {}, name) if fault else "", {"id": key})

    def _chooser(self, model: type[Model]) -> Chooser:
        return Chooser(
            f"/choose/{model._meta.model_name}/",
            lambda key: label_for(self.person, model, key),
            lambda text: find_one(self.person, model, text) or text,
        )

    def _chosen(self, model: type[Any], name: str) -> Any:
        """What was chosen, or typed: of this tenant; None when nothing was. Raises `Faulty` when there is no such thing."""
        value = self._chooser(model).value_from_datadict(self.request.POST, {}, name)
        found = model._default_manager.filter(pk=whole(str(value)) or 0, tenant_id=self.person.tenant_id or 0).first() if value else None
        if value and found is None:
            said = _("There is no such person.") if model is Person else _("There is no such organisation.")
            raise Faulty([Fault(name, said)])
        return found

    def _tiles(self, major: MajorIncident, moment: datetime) -> list[Tile]:
        end = major.restored_at or major.closed_at
        manager_at, informed_at = manager_since([major]).get(major.pk), informed_since([major]).get(major.pk)
        began = major.began_at or major.opened_at

        def since(name: str, start: datetime, word: SafeString) -> Tile:
            return Tile(name, hours_and_minutes((end or moment) - start), word, since=None if end else start)

        noticed = said(_("first noticed at %(at)s"), began)
        tiles = [
            since(_("Since it was declared"), major.opened_at, said(_("declared at %(at)s"), major.opened_at)),
            since(_("Since the first symptom"), began, noticed if end is None else said(_("restored at %(at)s"), end)),
        ]
        if major.state in RUNNING and major.due_at is not None:
            is_late = major.due_at < moment
            word = _("late, due at %(at)s") if is_late else _("due at %(at)s")
            tone = "bad" if is_late else "watch" if major.due_at - moment < timedelta(minutes=10) else ""
            left = hours_and_minutes(abs(major.due_at - moment))
            tiles.append(Tile(_("Next update"), left, said(word, major.due_at), tone, until=major.due_at))
        for name, done in ((_("A manager"), manager_at), (_("Top management told"), informed_at)):
            if done is None:
                tiles.append(Tile(name, _("not yet"), "", "bad" if major.state in RUNNING else ""))
            else:
                tiles.append(Tile(name, duration(done - major.opened_at), said(_("after it was declared, at %(at)s"), done)))
        return tiles

    def _incidents(self, major: MajorIncident, moment: datetime) -> tuple[list[dict[str, Any]], bool]:
        """The lead and those under it that this person may see, as live cards."""
        keys = [major.lead_id, *children_of_lead(major).order_by("-number").values_list("pk", flat=True)[: MOST_CARDS + 1]]
        found = {c.pk: c for part in visible_cards(self.person, Card.objects.filter(pk__in=keys), kinds=["incident"]) for c in part}
        seen = [(found[k], _("leads") if k == major.lead_id else _("belongs to it")) for k in keys[: MOST_CARDS + 1] if k in found]
        return self._cards(seen, moment), len(keys) > MOST_CARDS + 1

    def _cards(self, seen: list[tuple[Card, str]], moment: datetime) -> list[dict[str, Any]]:
        """Records as live cards, each with how it belongs here."""
        names = Names()
        names.want(Person, [card.owner_id for card, _how in seen])
        names.fetch()
        return [link_card(card, how, self.person, names, moment) for card, how in seen]


def hours_and_minutes(span: timedelta) -> str:
    """“1:47”, as the script that goes on counting writes it."""
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def said(words: str, moment: datetime) -> SafeString:
    """“declared at 10:42”, with the day where it is another."""
    return SafeString(escape(words) % {"at": at(moment)})


def talk_of(happenings: Sequence[Happening]) -> list[dict[str, Any]]:
    """The timeline as the room draws it, the newest first: words on their papers, acts that follow each other in one list.

    What customers were told stands once, not again as the reply that carried it to the leading incident.
    """
    talk: list[dict[str, Any]] = []
    updates = {(h.who, h.text) for h in happenings if h.kind == "update"}
    for h in reversed(happenings):
        if h.kind == "reply" and (h.who, h.text) in updates:
            continue
        if h.kind == "act":
            line = Line(h.entry, h.who, f"{h.ref}: {h.what}{': ' + h.text if h.text else ''}", h.at)
            if talk and "lines" in talk[-1]:
                talk[-1]["lines"].append(line)
            else:
                talk.append({"lines": [line]})
            continue
        is_outward = h.what == _("told the customers") or h.kind == "reply"
        written = _("written at %(at)s") % {"at": f"{localtime(h.recorded_at):%H:%M}"} if h.is_late else ""
        label = _("To the customers") if h.kind == "update" else _("Reply")
        note = " · ".join(filter(None, (h.ref, _("to our own people") if h.kind == "update" and not is_outward else "", written)))
        paper = "us" if is_outward else "internal"
        talk.append({"message": {"paper": paper, "author": h.who, "note": note, "at": h.at, "id": "", "text": h.text, "label": label}})
    for item in talk:
        if "lines" in item:
            item["html"] = trail_html(item["lines"])
    return talk


class RoomActPage(RoomPage):
    """`/majors/{number}/act/`: one thing done in the room; a fault shows the room again with what was typed."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponseRedirect(address_of(self._major(number), MAJOR))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        major, act = self._major(number), request.POST.get("act", "")
        if not is_inside(self.person, major):
            raise Refused(sentence(self.person, "majorincident:internal"))
        does = {
            "tell": self._tell,
            "note": self._note,
            "role": self._role,
            "step": self._step,
            "add": self._add,
            "tick": self._tick,
            "inform": self._inform,
            "affect": self._affect,
            "spare": self._spare,
        }.get(act)
        try:
            if does is None:
                raise Faulty([Fault("", _("There is nothing of that kind to do here."))])
            does(major)
        except (Faulty, MoveRefused) as error:
            sentences = [f.sentence for f in error.faults] if isinstance(error, Faulty) else error.reasons
            fresh = self._major(number)
            return self.room(fresh, {"act": act, "text": " ".join(sentences), "field": ""}, 422)
        return HttpResponseRedirect(f"{address_of(major, MAJOR)}{ANCHORS.get(act, '')}")

    def _tell(self, major: MajorIncident) -> None:
        sent = self.request.POST
        later = whole(sent.get("later", ""), 10_080)
        send_update(
            major,
            text=sent.get("text", ""),
            audience="internal" if sent.get("mode") == "internal" else "customers",
            by=self.person,
            channel=CHANNEL,
            next_due_at=now() + timedelta(minutes=later) if later else None,
        )

    def _note(self, major: MajorIncident) -> None:
        note_down(major, text=self.request.POST.get("note", ""), by=self.person, channel=CHANNEL, at=moment_of(self.request.POST.get("at", "")))

    def _role(self, major: MajorIncident) -> None:
        take_role(major, self.request.POST.get("role", ""), by=self.person, channel=CHANNEL)

    def _step(self, major: MajorIncident) -> None:
        step = ProcedureStep.objects.filter(major=major, position=whole(self.request.POST.get("step", "")) or 0).first()
        if step is None:
            raise Faulty([Fault("", _("There is no such step."))])
        tick_step(step, major, is_done=self.request.POST.get("done") == "1", by=self.person, channel=CHANNEL)

    def _add(self, major: MajorIncident) -> None:
        sent, owner = self.request.POST, self._chosen(Person, "owner")
        minutes = whole(sent.get("minutes", ""), 100_000)
        due = now() + timedelta(minutes=minutes) if minutes else None
        parts.add_check(major, text=sent.get("todo", ""), by=self.person, channel=CHANNEL, owner=owner, due_at=due)

    def _tick(self, major: MajorIncident) -> None:
        item = ChecklistItem.objects.filter(card_id=major.pk, pk=whole(self.request.POST.get("item", "")) or 0, removed_at=None).first()
        if item is None:
            raise Faulty([Fault("", _("There is no such thing to do."))])
        parts.tick(item, major, is_done=self.request.POST.get("done") == "1", by=self.person, channel=CHANNEL)

    def _inform(self, major: MajorIncident) -> None:
        inform_top(major, how=self.request.POST.get("how", ""), by=self.person, channel=CHANNEL)

    def _affect(self, major: MajorIncident) -> None:
        found = self._chosen(Organization, "organization")
        if found is None:
            raise Faulty([Fault("organization", _("Name a customer."))])
        affect(major, [found], by=self.person, channel=CHANNEL)

    def _spare(self, major: MajorIncident) -> None:
        found = next((o for o in affected_organizations(major) if str(o.pk) == self.request.POST.get("organization")), None)
        if found is not None:  # else somebody else was quicker
            spare(major, found, by=self.person, channel=CHANNEL)


ANCHORS = {
    "note": "#timeline",
    "step": "#procedure",
    "add": "#todo",
    "tick": "#todo",
    "affect": "#affected",
    "spare": "#affected",
    "inform": "#top",
    "role": "#roles",
}


def moment_of(text: str) -> datetime | None:
    """“10:42” as the last such moment; empty: now. Raises `Faulty`."""
    if not (typed := text.strip()):
        return None
    hour, _sign, minute = typed.partition(":")
    hours, minutes = whole(hour, 23), whole(minute, 59)
    if hours is None or minutes is None:
        raise Faulty([Fault("at", _("Write the time as 10:42."))])
    local = datetime.now(get_current_timezone()).replace(hour=hours, minute=minutes, second=0, microsecond=0)
    return local if local <= now() else local - timedelta(days=1)


__all__ = ["RoomActPage", "RoomPage"]
