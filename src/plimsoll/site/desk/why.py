"""Why can this person see or do this, or why not? Answered from the grants and shares that the writes themselves ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import grants_of, may, reach
from plimsoll.kernel.access.wording import doing
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, is_shared_with, may as may_here, why as grounds_of
from plimsoll.kernel.records.queries import find_by_reference, record_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import RoleVersion
from plimsoll.site.desk.people_common import SignedInView, choice

BASIC = ("read", "amend", "comment", "internal")


class WhyForm(forms.Form):
    """Who, which record, doing what."""

    record = forms.CharField(label=gettext_lazy("Record"), max_length=30, help_text=gettext_lazy("Its number, such as INC-1042."))
    action = forms.CharField(
        label=gettext_lazy("Act"), max_length=60, initial="read", help_text=gettext_lazy("read, amend, comment, internal, or a move such as resolve.")
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["someone"] = choice(by, Person, _("Person"))
        self.order_fields(["someone", "record", "action"])


class WhyPage(SignedInView):
    """`/why/?someone=&record=&action=`: for oneself, and for others with `assignment:read`. An address gives a colleague the same answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = "record" in request.GET
        data = request.GET.copy()
        data.setdefault("someone", str(self.person.pk))
        data.setdefault("action", "read")
        form = (
            WhyForm(data, by=self.person)
            if asked
            else WhyForm(by=self.person, initial={"someone": whole(request.GET.get("someone", "")) or self.person.pk})
        )
        context: dict[str, Any] = {"form": form, "crumbs": [(_("Why?"), "")]}
        if asked and form.is_valid():
            someone = form.cleaned_data["someone"]
            card = find_by_reference(self.person, form.cleaned_data["record"])
            if someone.pk != self.person.pk and not may(self.person, "assignment:read", organization=someone.organization_id):
                form.add_error("someone", _("You may ask about yourself. Whoever gives out roles may ask about others."))
            elif card is None:
                form.add_error("record", _("There is no such record, or you may not see it."))
            else:
                context |= explain(
                    Person.objects.select_related("tenant", "organization").get(pk=someone.pk), form.cleaned_data["action"].strip(), card
                )
        return render(request, "desk/people/why.html", context, status=400 if form.errors else 200)


def explain(someone: Person, action: str, card: Card) -> dict[str, Any]:
    """The answer: `is_yes`, a `verdict` sentence, `reasons` for it, and for a no what is `missing`."""
    record = record_of(card)
    record_type = type_named(card.kind)
    word = f"{card.kind}:{action.replace(' ', '_')}"
    verbs = {**{b: b for b in BASIC}, **{m.name: m.title.lower() for m in workflow_of(someone.tenant, card.kind).moves}}
    verb = verbs.get(action.replace(" ", "_"), action)
    is_yes = may_here(someone, word, record)
    facts = {"name": someone.name, "act": verb, "reference": card.reference}
    verdict = (_("Yes: %(name)s may %(act)s %(reference)s.") if is_yes else _("No: %(name)s may not %(act)s %(reference)s.")) % facts
    answer: dict[str, Any] = {"someone": someone, "card": card, "is_yes": is_yes, "verdict": verdict, "word": word}
    if is_yes:
        answer["reasons"] = [_ground(g, word) for g in grounds_of(someone, word, record)]
        answer["inside"] = (
            _("They see internal notes and fields.") if is_inside(someone, record) else _("Internal notes and fields stay hidden from them.")
        )
    else:
        answer["missing"] = _missing(someone, word, record, record_type)
    return answer


def _ground(ground: dict[str, Any], word: str) -> str:
    if ground["ground"] == "system":
        return _("It is the system itself.")
    if ground["ground"] == "share":
        role = (
            _(" and the role %(role)s allows %(doing)s on what is theirs") % {"role": ground["role"], "doing": doing(word)} if ground["role"] else ""
        )
        return _("The record is shared with them (%(why)s)%(role)s.") % {"why": str(ground["why"]).lower(), "role": role}
    where = Organization.objects.filter(pk=ground["organization"]).values_list("name", flat=True).first() if ground.get("organization") else None
    via = _(", which their team holds") if ground.get("team") else ""
    return _("The role %(role)s%(via)s allows %(doing)s %(where)s.") % {
        "role": ground["role"],
        "via": via,
        "doing": doing(word),
        "where": _("for %(organization)s") % {"organization": where} if where else _("everywhere"),
    }


def _missing(someone: Person, word: str, record: Record, record_type: RecordType) -> list[str]:
    """What stands in the way, the nearest thing first."""
    if not someone.is_active:
        return [_("They have left; people who left may do nothing.")]
    if someone.tenant_id != record.tenant_id:
        return [_("They belong to another tenant.")]
    grants = grants_of(someone)
    if not grants:
        return [_("They hold no role at all."), _roles_with(someone, word)]
    found = reach(someone, word)
    if found.is_empty:
        held = ", ".join(sorted({g.role for g in grants}))
        return [_("None of their roles (%(roles)s) allows %(doing)s.") % {"roles": held, "doing": doing(word)}, _roles_with(someone, word)]
    missing = []
    if record.access_class and record.access_class not in found.classes and not found.everything_classified:
        missing.append(_("The record is of the class “%(class)s”, which only named people see.") % {"class": record.access_class})
    if found.organizations and record.organization_id not in found.organizations:
        names = ", ".join(Organization.objects.filter(pk__in=found.organizations).order_by("name").values_list("name", flat=True))
        missing.append(
            _("Their role reaches %(names)s only; this record is for %(organization)s.") % {"names": names, "organization": record.organization}
        )
    if found.services:
        missing.append(_("Their role reaches certain services only, and this record is not for one of them."))
    if found.own and not is_shared_with(record.pk, someone):
        missing.append(_("Their role reaches what is theirs: what they asked for, watch, or work on. This record is none of these."))
    return missing or [_("Nothing that they hold reaches this record.")]


def _roles_with(someone: Person, word: str) -> str:
    kind, _colon, action = word.partition(":")
    wanted = {word, f"{kind}:*", f"*:{action}", "*:*", f"{word}@own"}
    names = [
        version.title
        for version in RoleVersion.objects.filter(role__tenant=someone.tenant_id or 0, ended_at=None).order_by("title")
        if wanted & set(version.words)
    ]
    if not names:
        return _("No role in force allows it.")
    return _("Roles that allow it: %(roles)s.") % {"roles": ", ".join(names)}
