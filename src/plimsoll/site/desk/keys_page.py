"""One's own keys: `/preferences/keys/`. Each meaning keeps its key or gets another; keyboards and hands differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.identity.fields import keys_of
from plimsoll.kernel.identity.operations import keep_preferences
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.site.desk.people_common import SignedInView, carry, form_page

MEANINGS: Mapping[str, str | Promise] = {
    "j": gettext_lazy("next row"),
    "k": gettext_lazy("previous row"),
    "x": gettext_lazy("select the row"),
    "X": gettext_lazy("select to here"),
    "[": gettext_lazy("previous record or page"),
    "]": gettext_lazy("next record or page"),
    "/": gettext_lazy("search, jump to a number"),
    "?": gettext_lazy("keys of this page"),
    "g": gettext_lazy("go to, then a letter"),
    "c": gettext_lazy("create"),
    "r": gettext_lazy("reply"),
    "n": gettext_lazy("internal note"),
    "a": gettext_lazy("assign"),
    "p": gettext_lazy("priority"),
    "e": gettext_lazy("the main thing to do, or edit"),
    "m": gettext_lazy("move"),
    "w": gettext_lazy("watch"),
    "l": gettext_lazy("link"),
    "t": gettext_lazy("tags"),
    "f": gettext_lazy("add a filter"),
    "F": gettext_lazy("clear the filters"),
    "s": gettext_lazy("save this view"),
    ".": gettext_lazy("copy number, link, Markdown"),
    "z": gettext_lazy("undo"),
}


class KeysForm(forms.Form):
    """A character for each meaning; empty or as it was: the key that it comes with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n, (key, meaning) in enumerate(MEANINGS.items()):
            self.fields[f"key_{n}"] = forms.CharField(
                label=_("%(meaning)s (%(key)s)") % {"meaning": f"{str(meaning)[:1].upper()}{str(meaning)[1:]}", "key": key},
                max_length=1,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off", "size": "2"}),
            )
            self.fields[f"key_{n}"].is_asked = True  # type: ignore[attr-defined]  # not called optional: an empty one keeps its key

    def own(self) -> dict[str, str]:
        """{meaning: own key} of those that differ."""
        given = {key: self.cleaned_data.get(f"key_{n}") or key for n, key in enumerate(MEANINGS)}
        return {key: own for key, own in given.items() if own != key}

    def clean(self) -> dict[str, Any]:
        own = self.own()
        now = {key: own.get(key, key) for key in MEANINGS}
        for n, key in enumerate(MEANINGS):
            same = [other for other in MEANINGS if other != key and now[other] == now[key]]
            if same and key in own:
                self.add_error(f"key_{n}", _("“%(key)s” means “%(other)s” already.") % {"key": now[key], "other": MEANINGS[same[0]]})
        return self.cleaned_data


class KeysPage(SignedInView):
    """Keys of one's own, for the single keys of all pages. Switching them off is in the preferences."""

    def get(self, request: HttpRequest) -> HttpResponse:
        own = keys_of(self.person.preferences.get("keys", ""))
        return self._show(KeysForm(initial={f"key_{n}": own.get(key, key) for n, key in enumerate(MEANINGS)}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KeysForm({f"key_{n}": key for n, key in enumerate(MEANINGS)} if "reset" in request.POST else request.POST)
        if form.is_valid():
            is_off = self.person.preferences.get("keys", "on").split(" ")[0] == "off"
            pairs = [f"{meaning}={key}" for meaning, key in form.own().items()]
            try:
                keep_preferences(
                    person=self.person, by=self.person, channel="page", keys=" ".join([*(["off"] if is_off else [] if pairs else ["on"]), *pairs])
                )
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("Your keys are kept."))
                return HttpResponseRedirect(reverse("my_account"))
        return self._show(form)

    def _show(self, form: forms.Form) -> HttpResponse:
        account = reverse("my_account")
        return form_page(
            self.request,
            form,
            title=_("My keys"),
            button=_("Keep my keys"),
            back=account,
            intro=_("One character each. Two meanings may change places. Ctrl K, Ctrl Enter and Esc always stay."),
            crumbs=[(_("My account"), account)],
        )
