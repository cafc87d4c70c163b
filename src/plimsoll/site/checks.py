"""What `plimsoll check` finds wrong with the declarations, beside Django's own checks."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from plimsoll.kernel.records.declaration import declared


@register("plimsoll")
def check_declarations(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A declaration that names what is not there, with a hint at what was meant."""
    return [
        Error(sentence, hint=hint, id="plimsoll.E001", obj=None)
        for record_type in declared()
        for sentence, hint in record_type.faults_of_declaration()
    ]
