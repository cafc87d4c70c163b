"""Pages of who must read a document and who did, of versions from before, and of how long versions are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import may_everywhere
from plimsoll.kernel.documents.coding import keep_pattern, pattern_of
from plimsoll.kernel.documents.distributing import acknowledge, add_line, remove_line, shares
from plimsoll.kernel.documents.keeping import agree_disposal, ask_disposal, held, keep_rule, refuse_disposal, rules_of, take_in_legacy
from plimsoll.kernel.documents.models import HEAVY, AudienceLine, Disposal, Document, DocumentVersion, RetentionRule
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.documents.referencing import defects_in
from plimsoll.kernel.documents.signing import are_signed_on_paper, keep_signing
from plimsoll.kernel.identity.models import Team, Tenant
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.ui.context import address_of
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.support.documented_information.pages.review import carry
from plimsoll.support.documented_information.pages.writing import CHANNEL, PAGE, DocumentPage, ReadingView

HERE = "/documents/keeping/"


class LineForm(forms.Form):
    """One line more of who must read a document."""

    sort = forms.ChoiceField(label=gettext_lazy("Who must read it"), choices=AudienceLine.SORTS)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = ReferenceField(Role, person, label=_("Role"), required=False, help_text=_("Where it is the holders of a role."))
        self.fields["team"] = ReferenceField(Team, person, label=_("Team"), required=False, help_text=_("Where it is a team."))


class ReadersPage(DocumentPage):
    """`…/readers/`: who must read it, how many did, by team, and who is missing; `?team=` narrows to one."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self._seen(number), LineForm(person=self.person))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self._seen(number)
        if (gone := whole(request.POST.get("remove", ""))) is not None:
            line = AudienceLine.objects.select_related("document").filter(document=document, pk=gone).first()
            if line is None:
                raise Http404
            remove_line(line, by=self.person, channel=CHANNEL)
            return HttpResponseRedirect(request.path)
        form = LineForm(request.POST, person=self.person)
        if form.is_valid():
            given = form.cleaned_data
            tenant = self.person.tenant_id or 0
            role = Role.objects.visible_to(self.person).filter(tenant=tenant, pk=given["role"]).first() if given["role"] else None
            team = Team.objects.filter(tenant=tenant, pk=given["team"]).first() if given["team"] else None
            try:
                add_line(document, given["sort"], role=role, team=team, by=self.person, channel=CHANNEL)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("Kept. Whoever it names is asked to read what is in force."))
                return HttpResponseRedirect(request.path)
        return self._show(document, form, 422)

    def _seen(self, number: int) -> Document:
        document = self.document(number)
        if not may(self.person, "document:internal", document):
            raise Http404
        return document

    def _show(self, document: Document, form: LineForm, status: int = 200) -> HttpResponse:
        version = document.versions.filter(state="valid").defer(*HEAVY).first()
        groups = shares(version) if version is not None else []
        named = next((g for g in groups if g.name == self.request.GET.get("team")), groups[0] if groups else None)
        can_write = may(self.person, "document:amend", document)
        return self.show(
            "documented_information/readers.html",
            {
                "record": document,
                "base": address_of(document, DOCUMENT),
                "lines": AudienceLine.objects.filter(document=document).select_related("role", "team"),
                "version": version,
                "groups": groups,
                "named": named,
                "missing": Paginator(named.missing if named is not None else (), PAGE).get_page(self.request.GET.get("page", "1")),
                "today": day_of(document.tenant, now()),
                "form": form if can_write else None,
                "crumbs": self.record_crumbs(document, (_("Readers"), "")),
            },
            status,
        )


class ReadPage(ReadingView):
    """`…/versions/{number}/read/`: say that one has read it."""

    def post(self, request: HttpRequest, number: int, version: str) -> HttpResponse:
        document = self.document(number)
        try:
            acknowledge(self.version(document, version), by=self.person, channel=CHANNEL)
        except Faulty as error:
            messages.error(request, " ".join(fault.sentence for fault in error.faults))
        else:
            messages.success(request, _("Thank you. It is kept that you read it, and when."))
        return HttpResponseRedirect(f"{address_of(document, DOCUMENT)}versions/{version}/")


class LegacyForm(forms.Form):
    """What is known of a version that was approved before this system."""

    number = forms.CharField(label=gettext_lazy("Number of the version"), max_length=12)
    approved_on = forms.DateField(label=gettext_lazy("Approved on"), widget=forms.DateInput(attrs={"type": "date"}))
    approved_by = forms.CharField(label=gettext_lazy("Approved by"), max_length=250, help_text=gettext_lazy("Name and role then."))
    description = forms.CharField(label=gettext_lazy("What it changed"), max_length=500, required=False)
    file = forms.FileField(label=gettext_lazy("Its file"))


class LegacyPage(DocumentPage):
    """`…/legacy/`: take in a version from before; it is listed with the others and never in force."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self.need("amend", document)
        return self._show(document, LegacyForm())

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self.need("amend", document)
        form = LegacyForm(request.POST, request.FILES)
        if form.is_valid():
            given = form.cleaned_data
            file = given.pop("file")
            try:
                take_in_legacy(document, **given, name=file.name, content=file.read(), by=self.person, channel=CHANNEL)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("Taken in. It stands among the versions, and is not in force."))
                return HttpResponseRedirect(address_of(document, DOCUMENT, "versions"))
        return self._show(document, form, 422)

    def _show(self, document: Document, form: LegacyForm, status: int = 200) -> HttpResponse:
        context = {
            "record": document,
            "base": address_of(document, DOCUMENT),
            "form": form,
            "crumbs": self.record_crumbs(document, (_("Version from before"), "")),
        }
        return self.show("documented_information/legacy.html", context, status)


class RuleForm(forms.Form):
    """How long a kind of document is kept."""

    sort = forms.ChoiceField(label=gettext_lazy("Kind of document"), choices=Document.SORTS)
    months = forms.IntegerField(label=gettext_lazy("Months after it holds no more"), min_value=1, max_value=1200)
    basis = forms.CharField(label=gettext_lazy("Why so long"), max_length=300, help_text=gettext_lazy("The law, the contract or the decision."))
    action = forms.ChoiceField(label=gettext_lazy("What comes then"), choices=RetentionRule.ACTIONS)


class KeepingPage(DocumentPage):
    """`/documents/keeping/`: how long versions are kept, what is due, disposal by two people, how documents are signed, dead references."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self._need_sight()
        return self._show(RuleForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        self._need_sight()
        form = RuleForm()
        try:
            said = self._act(request.POST.get("act", ""))
        except Faulty as error:
            if request.POST.get("act") == "rule":
                form = RuleForm(request.POST)
                form.is_valid()
                carry(form, error)
            return self._show(form, 422, [] if form.is_bound else [fault.sentence for fault in error.faults])
        messages.success(request, said)
        return HttpResponseRedirect(request.path)

    def _need_sight(self) -> None:
        if not may_everywhere(self.person, "document:internal"):
            raise Http404

    @property
    def tenant(self) -> Tenant:
        assert self.person.tenant is not None
        return self.person.tenant

    def _act(self, act: str) -> str:
        post = self.request.POST
        how: dict[str, Any] = {"by": self.person, "channel": CHANNEL}
        if act == "signing":
            keep_signing(self.tenant, on_paper=post.get("on_paper") == "yes", **how)
            return _("Kept. It holds for every approval from now on.")
        if act == "codes":
            keep_pattern(self.tenant, post.get("pattern", ""), **how)
            return _("Kept. It holds for new documents.")
        if act == "rule":
            form = RuleForm(post)
            if not form.is_valid():
                raise Faulty([])
            keep_rule(self.tenant, form.cleaned_data.pop("sort"), **form.cleaned_data, **how)
            return _("Kept. The days of disposal follow from it at once.")
        if act == "ask":
            ask_disposal(self._version(), reason=post.get("reason", ""), **how)
            return _("Asked. Somebody else with that authority agrees, or keeps it.")
        found = Disposal.objects.select_related("version__document").filter(version=self._version(), agreed_at=None).first()
        if found is None:
            raise Faulty([Fault("", _("Nobody asks for its disposal any more."))])
        if act == "agree":
            agree_disposal(found, **how)
            return _("Disposed of. Number, dates and digest stay.")
        if act == "keep":
            refuse_disposal(found, note=post.get("reason", ""), **how)
            return _("It stays.")
        raise Http404

    def _version(self) -> DocumentVersion:
        seen = Document.objects.visible_to(self.person)
        key = whole(self.request.POST.get("version", "")) or 0
        found = DocumentVersion.objects.select_related("document").filter(document__in=seen.values("pk"), pk=key).first()
        if found is None:
            raise Http404
        return found

    def _show(self, form: RuleForm, status: int = 200, said: list[str] | None = None) -> HttpResponse:
        seen = set(Document.objects.visible_to(self.person).values_list("pk", flat=True))
        today = day_of(self.tenant, now())
        rows = [one for one in held(self.tenant) if one.version.document_id in seen]
        kept = rules_of(self.tenant)
        return self.show(
            "documented_information/keeping.html",
            {
                "rules": [(label, kept.get(sort)) for sort, label in Document.SORTS],
                "page_of": Paginator(rows, PAGE).get_page(self.request.GET.get("page", "1")),
                "today": today,
                "me": self.person.pk,
                "may_dispose": may_everywhere(self.person, "document:archive"),
                "may_keep": may_everywhere(self.person, "document:keep"),
                "pattern": self.request.POST.get("pattern") or pattern_of(self.tenant),
                "on_paper": are_signed_on_paper(self.tenant),
                "findings": defects_in(Document.objects.visible_to(self.person)),
                "form": form,
                "said": said or [],
                "crumbs": self.crumbs((_("Keeping and signing"), "")),
            },
            status,
        )
