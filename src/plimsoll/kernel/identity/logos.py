"""The picture of the organisation on what is printed: taken in, kept, taken away. Which pictures are safe to show is decided here."""

from __future__ import annotations

import hashlib
import re

from django.utils.translation import gettext as _

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Logo, Organization, Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now

LARGEST = 300_000  # bytes; it is frozen into each version of each document
CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml"}
# What a drawing needs for nothing, and what could reach out of it or run.
UNSAFE = re.compile(
    rb"<script|<!entity|<!doctype[^>]*\[|<foreignobject|\son\w+\s*=|(?:href|src)\s*=\s*[\"'](?!#|data:image/(?:png|jpeg))|url\(\s*[\"']?(?!#)", re.I
)


def type_of_picture(content: bytes) -> str:
    """png, jpeg or svg; empty for anything else, also for a drawing that runs something or reaches outside itself."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    head = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "svg" if head.startswith((b"<svg", b"<?xml", b"<!--")) and b"<svg" in head and not UNSAFE.search(content) else ""


def keep_logo(organization: Organization, content: bytes, *, by: Person, channel: str) -> Logo:
    """Take a picture for an organization, in the place of the one before. Raises `Faulty`; then nothing was written."""
    picture = type_of_picture(content)
    if not content:
        raise Faulty([Fault("logo", _("The file is empty."))])
    if len(content) > LARGEST:
        raise Faulty(
            [
                Fault(
                    "logo",
                    _("The picture has %(n)d kB; up to %(most)d are taken. Make it smaller.") % {"n": len(content) // 1000, "most": LARGEST // 1000},
                )
            ]
        )
    if not picture:
        raise Faulty(
            [Fault("logo", _("That is no picture that can be printed. Take a PNG, a JPEG, or an SVG that neither runs nor loads anything."))]
        )
    digest = hashlib.sha256(content).hexdigest()
    with writing():
        before = Logo.objects.filter(organization=organization).values_list("digest", flat=True).first()
        made, _is_new = Logo.objects.update_or_create(
            organization=organization, defaults={"type": picture, "content": content, "digest": digest, "set_at": now()}
        )
        if before != digest:
            _tell(organization, "set", by=by, channel=channel, changes={"digest": (before, digest)})
    return made


def remove_logo(organization: Organization, *, by: Person, channel: str) -> None:
    """Take the picture away; to do so twice changes nothing."""
    with writing():
        kept = Logo.objects.filter(organization=organization).first()
        if kept is not None:
            kept.delete()
            _tell(organization, "remove", by=by, channel=channel, changes={"digest": (kept.digest, None)})


def _tell(organization: Organization, action: str, *, by: Person, channel: str, changes: dict[str, tuple[str | None, str | None]]) -> None:
    publish(
        KeptChanged(
            tenant_id=organization.tenant_id, kind="logo", subject_id=organization.pk, action=action, by_id=by.pk, channel=channel, changes=changes
        )
    )


__all__ = ["CONTENT_TYPES", "LARGEST", "keep_logo", "remove_logo", "type_of_picture"]
