"""How every form is drawn, and the widget that replaces a list of ten thousand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class PlimsollFormRenderer(TemplatesSetting):
    """Django's forms in our parts: ``{{ form }}`` and ``{{ field.as_field_group }}`` need no more than that.

    Set ``FORM_RENDERER = "plimsoll.kernel.ui.forms.PlimsollFormRenderer"``, and list ``plimsoll.kernel.ui`` before
    ``django.forms`` in ``INSTALLED_APPS``, so that our widgets are found first.
    """

    form_template_name = "ui/_form.html"
    field_template_name = "ui/_field.html"


class Chooser(forms.Widget):
    """A typed search in place of a select. The chosen key travels in ``name``, the typed text in ``name_typed``.

    ``source`` answers ``?q=`` with JSON (see docs/reference/interface-parts.md). ``label_of`` turns a key into the text
    to show. Without script only the typed text arrives; ``find`` may turn it into a key, so that the form works anyway. A text that it
    does not find is shown again as it was typed, and is no key.
    """

    template_name = "ui/widgets/chooser.html"

    def __init__(
        self,
        source: str,
        label_of: Callable[[Any], str] | None = None,
        find: Callable[[str], Any] | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.source, self.label_of, self.find = source, label_of, find

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if value in (None, ""):
            shown = ""
        elif self.find is not None and not str(value).isdigit():
            shown, context["widget"]["value"] = str(value), ""
        else:
            shown = str(self.label_of(value)) if self.label_of else ""
        context["widget"].update({"source": self.source, "shown": shown})
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = (data.get(f"{name}_typed") or "").strip()
        chosen = data.get(name)
        if f"{name}_typed" in data and not typed:
            return None  # the text was cleared by hand: nothing is chosen any more
        if chosen:
            return chosen
        return (self.find(typed) if self.find else typed) if typed else None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_typed" not in data
