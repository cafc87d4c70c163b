"""The logo of an organisation: which pictures are taken, and that approved documents keep theirs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plimsoll.kernel.identity.logos import LARGEST, keep_logo, remove_logo, type_of_picture
from plimsoll.kernel.identity.models import Logo
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from plimsoll.kernel.trail.models import Entry
from tests.cast import House
from tests.contracts import signed_in

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#036"/></svg>'
OTHER = SVG.replace(b"#036", b"#630")


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "sort"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "png"),
        (b"\xff\xd8\xff\xe0rest", "jpeg"),
        (SVG, "svg"),
        (b"\xef\xbb\xbf" + SVG, "svg"),
        (SVG.replace(b"<rect", b'<use href="#a"/><rect'), "svg"),
        (SVG.replace(b"<rect", b"<script>1</script><rect"), ""),
        (SVG.replace(b"<rect", b'<rect onload="x()"'), ""),
        (SVG.replace(b"<rect", b'<image href="http://elsewhere/x.png"/><rect'), ""),
        (SVG.replace(b"<rect", b'<rect style="fill:url(http://elsewhere/x)"'), ""),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, ""),
        (b"GIF89a", ""),
        (b"<html><svg></svg></html>", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_taken_for_what_it_is_and_one_that_reaches_out_is_none(content: bytes, sort: str) -> None:
    assert type_of_picture(content) == sort


@pytest.mark.django_db
def test_what_can_not_be_printed_is_refused_and_nothing_is_written(house: House) -> None:
    for content, said in ((b"", "empty"), (b"no picture", "no picture"), (SVG + b" " * LARGEST, "up to 300")):
        with pytest.raises(Faulty, match=said):
            keep_logo(house.provider, content, by=house.ruth, channel="page")
    assert not Logo.objects.exists()


@pytest.mark.django_db
def test_s_001_a_logo_is_printed_on_the_cover_and_an_approved_version_keeps_its_own(house: House) -> None:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up", codes=["top_management"])
    give_role(role=roles["top_management"], person=house.greta, by=house.system, channel="page")
    made: Any = open_record(
        type_named("document"), by=house.ruth, channel="page", title="Note", sort="report", body="# One\n\nWords.", change_description="First.",
        owner_role=roles["top_management"], approver_role=roles["top_management"],
    )  # fmt: skip
    keep_logo(house.provider, SVG, by=house.ruth, channel="page")
    browser, base = signed_in(house.ruth), f"/documents/{made.number}/"
    assert f'src="{base}draft/logo"' in browser.get(f"{base}draft/").content.decode()
    assert browser.get(f"{base}draft.pdf").content.startswith(b"%PDF")
    move(made, "submit", by=house.ruth, channel="page")
    move(type(made).objects.get(pk=made.pk), "approve", by=house.fresh(house.greta), channel="page")

    keep_logo(house.provider, OTHER, by=house.ruth, channel="page")
    assert f'src="{base}versions/1.0/logo"' in browser.get(f"{base}versions/1.0/").content.decode()
    frozen = browser.get(f"{base}versions/1.0/logo")
    assert frozen.content == SVG, "the version keeps the one that it was approved with"
    assert "sandbox" in frozen["Content-Security-Policy"]
    assert "As it was approved" in browser.get(f"{base}versions/1.0/").content.decode()
    move(type(made).objects.get(pk=made.pk), "revise", by=house.ruth, channel="page")
    amend(type(made).objects.get(pk=made.pk), by=house.ruth, channel="page", change_description="Second.")
    assert browser.get(f"{base}draft/logo").content == OTHER
    remove_logo(house.provider, by=house.ruth, channel="page")
    remove_logo(house.provider, by=house.ruth, channel="page")
    assert browser.get(f"{base}draft/logo").status_code == 404
    assert list(Entry.objects.filter(kind="logo").order_by("pk").values_list("action", flat=True)) == ["set", "set", "remove"]
    assert signed_in(house.mallory).get(f"{base}versions/1.0/logo").status_code == 404


@pytest.mark.django_db
def test_the_settings_of_the_organisation_take_it_and_take_it_away(house: House) -> None:
    browser = signed_in(house.ruth)
    given = {"name": "Northmere", "timezone": "Europe/London", "incident_reopen_days": "7", "incident_close_days": "7"}
    refused = browser.post("/settings/organisation/", {**given, "logo": SimpleUploadedFile("x.gif", b"GIF89a")})
    assert (refused.status_code, Logo.objects.count()) == (400, 0)
    assert "no picture that can be printed" in refused.content.decode()
    assert browser.post("/settings/organisation/", {**given, "logo": SimpleUploadedFile("x.svg", SVG)}).status_code == 302
    assert Logo.objects.get().type == "svg"
    assert browser.post("/settings/organisation/", {**given, "is_without_logo": "on"}).status_code == 302
    assert not Logo.objects.exists()
