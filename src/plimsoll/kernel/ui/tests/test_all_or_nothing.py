"""What is sent from a record's page is written whole or not at all, and a refusal gives back what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.macros.operations import keep_macro
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Attachment, Comment, Effort
from tests.cast import House
from tests.contracts import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("kernel.ui.sent_files.most_bytes", "kernel.records.files.most_bytes"):
        monkeypatch.setattr(f"plimsoll.{place}", lambda: 10)


@pytest.mark.usefixtures("small_files")
def test_a_message_whose_file_is_too_large_is_not_said_and_books_nothing(house: House) -> None:
    here = f"/incidents/{house.incident().number}/comments/"
    sent = {"mode": "public", "text": "See the picture", "minutes": "25"}
    large = [SimpleUploadedFile("good.txt", b"small"), SimpleUploadedFile("large.txt", b"x" * 11)]
    answer = signed_in(house.ines).post(here, sent | {"files": large})
    page = answer.content.decode()
    assert answer.status_code == 422 and "large.txt is larger than" in page and "See the picture" in page and 'value="25"' in page
    assert not Comment.objects.exists() and not Effort.objects.exists() and not Attachment.objects.exists()


@pytest.mark.usefixtures("small_files")
def test_several_files_are_put_on_together_or_not_at_all(house: House) -> None:
    record = house.incident()
    for wrong in (b"x" * 11, b""):
        sent = [SimpleUploadedFile("good.txt", b"small"), SimpleUploadedFile("wrong.txt", wrong)]
        answer = signed_in(house.ines).post(f"/incidents/{record.number}/attachments/", {"files": sent})
        assert answer.status_code == 422 and "wrong.txt is" in answer.content.decode() and 'aria-invalid="true"' in answer.content.decode()
        assert not Attachment.objects.exists()


def _macro(house: House, **values: Any) -> Any:
    return keep_macro(by=house.fresh(house.ines), channel="page", record_type=type_named("incident"), name="On my way", **values)


def test_words_are_given_back_when_the_macro_does_what_one_may_not(house: House) -> None:
    record, macro = house.incident(), _macro(house, move="cancel")
    Grant.objects.filter(person=house.ines).update(words=["incident:read", "incident:comment", "incident:internal"])
    sent = {"mode": "internal", "text": "Keep these words", "macro": str(macro.pk)}
    answer = signed_in(house.ines).post(f"/incidents/{record.number}/comments/", sent)
    page = answer.content.decode()
    assert answer.status_code == 403 and "Keep these words" in page and 'id="composer-fault"' in page
    assert not Comment.objects.exists()


def test_a_macro_whose_move_is_gone_is_refused_with_a_sentence(house: House) -> None:
    record, macro = house.incident(), _macro(house, move="cancel")
    type(macro).objects.filter(pk=macro.pk).update(move="vanish")
    sent = {"mode": "internal", "text": "Keep these words", "macro": str(macro.pk)}
    answer = signed_in(house.ines).post(f"/incidents/{record.number}/comments/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Keep these words" in page and "On my way" in page and "no longer" in page
    assert not Comment.objects.exists()
