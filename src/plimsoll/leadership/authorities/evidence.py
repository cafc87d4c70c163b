"""What roles, their holders and what top management decides and tells prove (5.1, 5.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.processes.models import Process
from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, as_moment, evidence, judged
from plimsoll.kernel.lib.time import months_later
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.roles.limits import stated
from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from plimsoll.kernel.roles.queries import held_at, members_of
from plimsoll.leadership.authorities.governance import governance
from plimsoll.support.communication.models import Communication, Telling
from plimsoll.support.competence.models import Competence
from plimsoll.support.competence.queries import cells_of
from plimsoll.support.resources.models import ResourceNeed

# What somebody must be able to say to take a decision of a sort, and the limit that goes with it.
DECISIONS: tuple[tuple[Any, str, str], ...] = (
    (gettext_lazy("changes of the management system"), "smschange:approve", ""),
    (gettext_lazy("risks"), "risk:accept", "risk_acceptance_level"),
    (gettext_lazy("documents"), "document:approve", ""),
    (gettext_lazy("agreements"), "agreement:sign", ""),
    (gettext_lazy("resources"), "resourceneed:grant", ""),
)


def holdings(inquiry: Inquiry) -> dict[int, list[Assignment]]:
    """By role its assignments that hold at the moment, by somebody who is still there; three queries."""
    rows = list(inquiry.rows(Assignment).filter(held_at(inquiry.tenant, inquiry.at)).select_related("person", "team", "role").order_by("pk"))
    gone = inquiry.gone("person")
    members = members_of({row.team_id for row in rows if row.team_id is not None}, inquiry.at)
    found: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows:
        people = {row.person_id} if row.person_id is not None else set(members.get(row.team_id or 0, ()))
        if people - gone and (row.person is None or row.person.is_active):
            found[row.role_id].append(row)
    return found


def wide(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Those that hold for the whole house."""
    return [a for a in assignments if a.in_organization_id is None and a.for_service is None]


@evidence(
    "decisions_have_authority",
    population=gettext_lazy("sorts of decisions: changes of the system, risks, documents, agreements, resources"),
    counts=gettext_lazy("those that a role in force with a current holder may take"),
    kinds=("role", "assignment"),
    href="/roles/",
)
def decisions_have_authority(inquiry: Inquiry) -> Answer:
    """5.1-c: who may decide is a matter of roles that somebody holds; a word for everything names nobody."""
    versions = list(RoleVersion.objects.filter(role__in=inquiry.rows(Role), ended_at=None).select_related("role").order_by("role__number"))
    held = holdings(inquiry)
    found = []
    for label, word, limit in DECISIONS:
        able = [v for v in versions if _says(v.words, word) and (not limit or stated(v.limits, limit) is not None)]
        taken = next((v for v in able if wide(held.get(v.role_id, ()))), None)
        if taken is not None:
            found.append(_of(taken.role, ""))
        elif able:
            said = {"what": label, "role": able[0].title}
            found.append(_of(able[0].role, _("Nobody holds a role that may decide on %(what)s. Give “%(role)s” to somebody.") % said))
        else:
            found.append(Judged(_("No role in force may decide on %(what)s. Give that authority to one.") % {"what": label}))
    return judged(found)


def _says(words: Collection[str], word: str) -> bool:
    return word in words or f"{word.partition(':')[0]}:*" in words


@evidence(
    "roles_filled",
    population=gettext_lazy("roles that must be filled, and their current assignments"),
    counts=gettext_lazy("roles in force with a current holder, and assignments that their holder accepted"),
    kinds=("role", "assignment", "process"),
    href="/roles/",
)
def roles_filled(inquiry: Inquiry) -> Answer:
    """5.3-a: the roles that run the system, and those that own or run a process in force, have holders who said yes."""
    known = {role.code: role for role in inquiry.rows(Role).exclude(state="retired").exclude(code="").order_by("-number")}
    processes = inquiry.rows(Process).filter(state="in_force").values_list("owner_role_id", "manager_role_id")
    asked = {key for pair in processes for key in pair if key is not None}
    rows = list(inquiry.rows(Role).filter(Q(code__in=governance().runs, edition__gt=0) | Q(pk__in=asked)).exclude(state="retired").order_by("number"))
    held = holdings(inquiry)
    found = []
    for code in governance().needed:
        role = known.get(code)
        if role is None or not role.edition:
            told = _("The role that answers for the management system (%(code)s) is not in force. Put it in force.") % {
                "code": code.replace("_", " ")
            }
            found.append(Judged(told) if role is None else _of(role, told))
    for role in rows:
        if not role.edition:
            if role.code not in governance().needed:
                found.append(_of(role, _("“%(role)s” is not in force. Put it in force, and give it to somebody.") % {"role": role.title}))
            continue
        own = held.get(role.pk, [])
        found.append(_of(role, "" if own else _("Nobody holds the role “%(role)s”. Give it to somebody.") % {"role": role.title}))
        for assignment in own:
            said = {"role": role.title, "name": assignment.person or assignment.team}
            told = _("%(name)s has not accepted the role “%(role)s” yet. Ask for it.") % said
            found.append(Judged("" if assignment.accepted_at else told, source_of(assignment), assignment.origin, assignment.opened_at))
    return judged(found)


@evidence(
    "conformity_has_holder",
    population=gettext_lazy("the role that answers for the management system"),
    counts=gettext_lazy("one in force with a current holder who is no mere deputy"),
    kinds=("role", "assignment"),
    href="/roles/",
)
def conformity_has_holder(inquiry: Inquiry) -> Answer:
    """5.3-b: somebody answers for the system meeting its requirements, in their own right."""
    role = inquiry.rows(Role).filter(code=governance().starts).exclude(state="retired").order_by("-edition", "pk").first()
    if role is None:
        return judged([Judged(_("There is no role that answers for the management system. Take it from the starter roles, and put it in force."))])
    own = wide(holdings(inquiry).get(role.pk, []))
    said = {"role": role.title}
    if not role.edition:
        fault = _("“%(role)s” is not in force. Put it in force.") % said
    elif not own:
        fault = _("Nobody holds the role “%(role)s”. Give it to somebody.") % said
    elif all(a.is_deputy for a in own):
        fault = _("“%(role)s” is held by deputies only. Give it to somebody in their own right.") % said
    else:
        fault = ""
    return judged([_of(role, fault)])


@evidence(
    "resources_decided",
    population=gettext_lazy("resources that were asked for, and of which a decision was due"),
    counts=gettext_lazy("those decided in time, and none refused without saying what is done instead"),
    kinds=("resourceneed",),
    href="/resources/",
)
def resources_decided(inquiry: Inquiry) -> Answer:
    """5.1-g: what is asked for is decided, and a no says what is done instead."""
    months = int(inquiry.bound("decided_within_months", 3))
    asked = inquiry.rows(ResourceNeed).exclude(state__in=("noted", "withdrawn"))
    rows = asked.filter(Q(state__in=("asked", "deferred")) | Q(decided_at__gte=inquiry.start, decided_at__lte=inquiry.at))
    found = []
    for need in rows.order_by("number"):
        due = months_later(day_of(inquiry.tenant, need.opened_at), months)
        decided = day_of(inquiry.tenant, need.decided_at) if need.decided_at is not None else None
        said = {"title": need.title, "day": day_words(due)}
        fault = ""
        if need.state == "asked":
            if inquiry.day <= due:
                continue  # there is still time for a decision
            fault = _("“%(title)s” was to be decided by %(day)s. Decide on it.") % said
        elif need.state == "deferred":
            if need.deferred_until is None or need.deferred_until < inquiry.day:
                fault = _("“%(title)s” was put off, and is to be decided again by now. Decide on it.") % said
        elif need.state == "refused" and not need.alternative.strip():
            fault = _("“%(title)s” was refused, and nobody says what is done instead. Say so.") % said
        elif decided is not None and decided > due:
            fault = _("“%(title)s” was to be decided by %(day)s, and was later. Decide sooner next time.") % said
        found.append(_of(need, fault))
    return judged(found)


@evidence(
    "top_management_communicates",
    population=gettext_lazy("what top management tells its people in the period"),
    counts=gettext_lazy("at least one communication told by top management that reached people"),
    kinds=("communication",),
    href="/communications/",
)
def top_management_communicates(inquiry: Inquiry) -> Answer:
    """5.1-h: a holder of top management told people why service management matters, and how many that reached is known."""
    rows = Telling.objects.filter(communication__in=inquiry.rows(Communication), on__gte=inquiry.first_day, on__lte=inquiry.day, is_by_top=True)
    rows = rows.exclude(by__in=inquiry.gone("person")).select_related("communication").order_by("-on", "pk")
    found = []
    for row in rows:
        said = {"title": row.communication.title, "day": day_words(row.on)}
        fault = "" if row.reached else _("“%(title)s” was told on %(day)s, and it is not known whom it reached. Add how many.") % said
        found.append(Judged(fault, source_of(row.communication), row.communication.origin, as_moment(row.on), row.by_id))
    good = [one for one in found if not one.fault]
    if good:
        return judged(good)
    absent = _("Top management told its people nothing in the period. Tell them why service management and its value matter.")
    return judged(found[:1] or [Judged(absent)])


@evidence(
    "holders_supported",
    population=gettext_lazy("people who hold a role that needs a competence"),
    counts=gettext_lazy("those who meet every competence that their roles need"),
    kinds=("competence", "qualification", "assignment"),
    href="/competences/",
)
def holders_supported(inquiry: Inquiry) -> Answer:
    """5.1-j: whoever holds a role can do what it needs. Nobody is named: who lacks what stands in the matrix, for those who may see it (S-063)."""
    rows = inquiry.rows(Competence).filter(state="approved").exclude(role=None).select_related("role", "approver_role").order_by("pk")
    gone = inquiry.gone("person")
    met: dict[int, Competence] = {}
    gaps: dict[int, list[Competence]] = defaultdict(list)
    for cell in cells_of(inquiry.tenant, list(rows), inquiry.at):
        if cell.person.pk not in gone:
            met.setdefault(cell.person.pk, cell.competence)
            if cell.standing == "gap":
                gaps[cell.person.pk].append(cell.competence)
    found = []
    for pk, competence in met.items():
        short = gaps.get(pk, [])
        first = short[0] if short else competence
        said = {"role": first.role.title if first.role is not None else "", "what": ", ".join(c.title for c in short)}
        told = _("A holder of “%(role)s” can't show what is needed: %(what)s. The matrix says who. Plan a training, or have the proof checked.")
        found.append(_of(first, told % said if short else ""))
    return judged(found)


def _of(record: Any, fault: str) -> Judged:
    return Judged(fault, source_of(record), record.origin, record.opened_at, getattr(record, "owner_id", None))
