"""Values on their way into a record: checked and turned into what the model holds, with a sentence for each fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import BIGGEST
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.customs import clean_extra
from plimsoll.kernel.records.declaration import Fault, RecordType
from plimsoll.kernel.records.models import Record

MOST_TEXT = 100_000


def clean(record_type: RecordType, tenant: Tenant, values: Mapping[str, Any], *, by: Person, allowed: frozenset[str] | None = None) -> dict[str, Any]:
    """The values as the model holds them. Raises `Faulty` with every fault found, not only the first."""
    names = allowed if allowed is not None else frozenset(record_type.fields)
    done: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, value in values.items():
        if name == "extra":
            done["extra"], extra_faults = clean_extra(tenant, record_type.kind, value)
            faults += extra_faults
        elif name not in names:
            faults.append(Fault(name, _("There is no such field to set.")))
        else:
            try:
                done[name] = _one(record_type, tenant, name, value, by)
            except ValidationError as error:
                faults.append(Fault(name, " ".join(error.messages)))
    if faults:
        raise Faulty(faults)
    return done


def _one(record_type: RecordType, tenant: Tenant, name: str, value: Any, by: Person) -> Any:
    field = record_type.model_field(name)
    if isinstance(field, models.ForeignKey):
        found = _reference(record_type, field, tenant, value, by)
        is_person = name == "owner" and isinstance(found, Person)
        if is_person and Organization.objects.filter(pk=found.organization_id or 0, kind="customer").exists():
            raise ValidationError(_("%(name)s works for a customer. Give the work to one of our own people, or of a supplier’s.") % {"name": found})
        return found
    if isinstance(value, str):
        if "\x00" in value:
            raise ValidationError(_("The text holds a character that can't be stored (NUL). Take it out."))
        value = value.strip() if isinstance(field, models.CharField) else value.rstrip()
        if len(value) > MOST_TEXT:
            raise ValidationError(_("The text is longer than %(n)d characters.") % {"n": MOST_TEXT})
    if value in (None, ""):
        if field.null:
            return None
        if name in record_type.required:
            raise ValidationError(_("This is needed."))
        return field.get_default() if not isinstance(field, models.CharField | models.TextField) else ""
    if isinstance(field, models.JSONField) and value in ([], {}) and value == field.get_default():
        return value  # empty is how such a field begins; Django would call it blank
    if isinstance(field, models.IntegerField) and (isinstance(value, bool) or not isinstance(value, int | str) or abs(_integer(value)) > BIGGEST):
        raise ValidationError(_("A whole number is needed."))
    if isinstance(field, models.DateTimeField) and isinstance(value, datetime) and value.tzinfo is None:
        raise ValidationError(_("The moment needs a time zone, for example 2026-11-21T10:00:00Z."))
    if isinstance(field, models.DateField) and not isinstance(value, str | date):  # a moment is a day too, to Python and Django alike
        raise ValidationError(_("A moment or day is needed, as text: 2026-11-21T10:00:00Z or 2026-11-21."))
    if isinstance(field, models.CharField | models.TextField) and not isinstance(value, str):
        raise ValidationError(_("A text is needed."))
    if isinstance(field, models.DateTimeField) and isinstance(value, str):
        value = _moment(value)
    return field.clean(value, None)


def _integer(value: int | str) -> int:
    try:
        return int(value)
    except ValueError:
        raise ValidationError(_("“%(value)s” is not a whole number.") % {"value": value[:40] if isinstance(value, str) else value}) from None


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValidationError(_("“%(value)s” is not a moment; write it as 2026-11-21T10:00:00Z.") % {"value": value[:40]}) from None
    if moment.tzinfo is None:
        raise ValidationError(_("The moment needs a time zone, for example 2026-11-21T10:00:00Z."))
    return moment


def _reference(record_type: RecordType, field: models.ForeignKey[Any, Any], tenant: Tenant, value: Any, by: Person) -> Any:
    """The thing pointed to, of the same tenant; records only when the person may see them."""
    target = field.related_model
    if value in (None, ""):
        if field.null:
            return None
        raise ValidationError(_("This is needed."))
    if isinstance(value, models.Model):
        if not isinstance(value, target) or getattr(value, "tenant_id", tenant.pk) != tenant.pk:
            raise ValidationError(_("There is no such %(what)s.") % {"what": target._meta.verbose_name})
        return value
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValidationError(_("The number of a %(what)s is needed.") % {"what": target._meta.verbose_name})
    pk = _integer(value)
    rows = target._default_manager.all()
    if issubclass(target, Record):
        rows = target.objects.visible_to(by)
    elif issubclass(target, Organization | Person) or hasattr(target, "tenant_id"):
        rows = rows.filter(tenant_id=tenant.pk)
        if target is Person and pk != by.pk and reach(by, f"{record_type.kind}:internal").is_empty:
            # Outsiders name people of their own organisation only; else a guessed number would tell them who is there.
            rows = rows.filter(organization_id=by.organization_id)
    found = rows.filter(pk=pk).first() if 0 < pk <= BIGGEST else None
    if found is None:
        raise ValidationError(_("There is no such %(what)s.") % {"what": target._meta.verbose_name})
    if getattr(found, "erased_at", None) is not None:
        raise ValidationError(_("This person was erased."))
    return found


def day_faults(record_type: RecordType, values: Mapping[str, Any], before: Record | None, at: datetime | None) -> list[Fault]:
    """Days that are set to the wrong side of now; what stays as it is may have passed meanwhile. No zone is asked: wherever it is
    still, or already, the day, it is right."""
    earliest, latest = ((at or now()) - timedelta(hours=12)).date(), (now() + timedelta(hours=14)).date()
    given = {name: value for name, value in values.items() if isinstance(value, date) and (before is None or getattr(before, name) != value)}
    wrong = [(name, _("That day has passed. Choose one that lies ahead.")) for name in record_type.ahead if name in given and given[name] < earliest]
    wrong += [
        (name, _("That day is still to come. Say on which day it was.")) for name in record_type.behind if name in given and given[name] > latest
    ]
    return [Fault(name, sentence) for name, sentence in wrong]


def same(old: Any, new: Any) -> bool:
    """Whether a value stays as it is; moments and days compare as such."""
    if isinstance(old, datetime | date) and isinstance(new, datetime | date):
        return old == new
    return bool(old == new) and type(old) is type(new) or (old is None and new is None)


__all__ = ["MOST_TEXT", "Faulty", "clean", "day_faults", "same"]
