"""The form field of a number with a fraction. A box of the browser's own for numbers drops a decimal comma without a word: "95,5" becomes 955."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from plimsoll.kernel.lib.numbers import UnclearNumber, plain_number


class NumberField(forms.DecimalField):
    """A number, read as people write it: "1,450.00", "12,5", "£ 1 450"."""

    default_error_messages = {"invalid": gettext_lazy("A number is needed, such as 12 or 12.50.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = plain_number(value)
            except UnclearNumber as error:
                raise ValidationError(str(error)) from None
        return super().to_python(value)
