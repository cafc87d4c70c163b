"""Where the room of a major incident and its review keep words beside fields and messages, and how they are erased by order."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from plimsoll.kernel.records.models import Comment, Record
from plimsoll.kernel.records.redaction import REPLACEMENT, Words, register_keeper
from plimsoll.resolution.majors.models import MajorIncident, MajorUpdate, ProcedureStep, ReviewDecision, ToldTop
from plimsoll.resolution.majors.operations import NOTICE
from plimsoll.resolution.majors.queries import children_of_lead


class OfMajors:
    """The steps of its procedure, and how top management was told. Its updates are messages."""

    def held(self, record: Record) -> list[Words]:
        steps = ProcedureStep.objects.filter(major=record.pk).values_list("pk", "text")
        told = ToldTop.objects.filter(major=record.pk).exclude(how=NOTICE).values_list("pk", "how")
        return [
            *(Words(f"step-{pk}", _("Step of the procedure"), text) for pk, text in steps),
            *(Words(f"told-{pk}", _("How top management was told"), how) for pk, how in told),
        ]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        ProcedureStep.objects.filter(major=record.pk, pk__in=_ids(keys, "step-")).update(text=REPLACEMENT)
        ToldTop.objects.filter(major=record.pk, pk__in=_ids(keys, "told-")).update(how=REPLACEMENT)

    def copies(self, record: Record, comments: Sequence[Comment]) -> list[Comment]:
        """The replies that its updates became on the incidents that belong to it."""
        assert isinstance(record, MajorIncident)
        told = MajorUpdate.objects.filter(comment__in=[c.pk for c in comments], audience="customers").select_related("comment")
        cards = [record.lead_id, *children_of_lead(record).values_list("pk", flat=True)] if told else []
        return [
            reply
            for update in told
            for reply in Comment.objects.filter(
                card__in=cards, author=update.comment.author_id, text=update.comment.text, at__gte=update.at, is_public=True, redacted_at=None
            ).select_related("card__tenant")
        ]


class OfReviews:
    """What it decided."""

    def held(self, record: Record) -> list[Words]:
        rows = ReviewDecision.objects.filter(review=record.pk).values_list("pk", "text")
        return [Words(f"decision-{pk}", _("Decision"), text) for pk, text in rows]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        ReviewDecision.objects.filter(review=record.pk, pk__in=_ids(keys, "decision-")).update(text=REPLACEMENT)

    def copies(self, record: Record, comments: Sequence[Comment]) -> list[Comment]:
        return []


def _ids(keys: Sequence[str], prefix: str) -> list[int]:
    return [int(key.removeprefix(prefix)) for key in keys if key.startswith(prefix)]


register_keeper("majorincident", OfMajors())
register_keeper("majorreview", OfReviews())
