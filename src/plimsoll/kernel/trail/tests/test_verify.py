"""A trail that was rewritten is found, whatever was done to it; a trail that was redacted by order passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.records.redaction import redact
from plimsoll.kernel.trail import keys
from plimsoll.kernel.trail.content import follow_path, merkle_path, merkle_root
from plimsoll.kernel.trail.models import AppendOnly, Entry, Seal
from plimsoll.kernel.trail.seals import seal
from plimsoll.kernel.trail.verify import verify
from tests.cast import House

TABLE = "trail_entry"


@pytest.fixture(autouse=True)
def own_heads(tmp_path: Any, settings: Any) -> None:
    """Heads of one test are no business of the next."""
    settings.PLIMSOLL_TRAIL_HEADS = tmp_path / "heads.jsonl"


@pytest.fixture
def told(house: House) -> House:
    """A house in which some things happened, sealed."""
    incident = house.incident()
    for number in range(5):
        incident = amend(incident, by=house.ines, channel="page", symptom=f"symptom {number}")
    parts.comment(incident, text="We look at it.", is_public=True, by=house.ines, channel="page")
    parts.comment(incident, text="It is the controller.", is_public=False, by=house.dev, channel="page")
    house.incident("Printer prints half a label")
    seal()
    return house


def behind_the_back(*statements: str) -> None:
    """What somebody with the database's password can do: take the triggers off first."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for act in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{act}")
        else:
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_append_only ON {TABLE}")
        for statement in statements:
            cursor.execute(statement)


def test_an_untouched_trail_passes(told: House) -> None:
    verdict = verify()
    assert verdict.is_sound, verdict.faults
    assert verdict.entries == verdict.sealed == Entry.objects.count()
    assert verdict.details > 0


def test_unsealed_entries_are_checked_too(told: House) -> None:
    house_incident = told.incident("Later")
    assert verify().is_sound
    behind_the_back(f"UPDATE {TABLE} SET action = 'close' WHERE card_id = {house_incident.pk}")
    assert "was changed after it was written" in verify().faults[0]


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("action", "UPDATE trail_entry SET action = 'closed by nobody' WHERE id = {middle}"),
        ("time", "UPDATE trail_entry SET at = recorded_at, recorded_at = '2020-01-01 00:00:00+00:00' WHERE id = {middle}"),
        ("changes", "UPDATE trail_entry SET changes = '{{}}' WHERE id = {middle}"),
        ("actor", "UPDATE trail_entry SET actor_id = {someone} WHERE id = {middle}"),
    ],
)
def test_an_edited_entry_is_named(told: House, name: str, statement: str) -> None:
    middle = list(Entry.objects.order_by("id").values_list("pk", flat=True))[3]
    behind_the_back(statement.format(middle=middle, someone=told.aoife.pk))
    faults = verify().faults
    assert any(f"Entry {middle} " in fault and "changed" in fault for fault in faults)


def test_a_deleted_entry_is_named(told: House) -> None:
    middle = list(Entry.objects.filter(detail=None).order_by("id").values_list("pk", flat=True))
    victim = middle[0] if middle else Entry.objects.order_by("id").values_list("pk", flat=True)[2]
    behind_the_back(
        "DELETE FROM notifications_notice",
        f"DELETE FROM trail_detail WHERE entry_id = {victim}",
        f"UPDATE records_comment SET entry_id = NULL WHERE entry_id = {victim}",
        f"DELETE FROM {TABLE} WHERE id = {victim}",
    )
    faults = verify().faults
    assert any(f"from entry {victim} to entry {victim}" in fault for fault in faults)


def test_an_inserted_entry_is_named(told: House) -> None:
    columns = ", ".join(c for c in (f.column for f in Entry._meta.concrete_fields) if c not in ("id", "uid"))
    uid = "'00000000000000000000000000000001'"
    behind_the_back(f"INSERT INTO {TABLE} (uid, {columns}) SELECT {uid}, {columns} FROM {TABLE} ORDER BY id LIMIT 1")
    faults = verify().faults
    assert any("changed after it was written" in fault for fault in faults)
    assert any("should have" in fault for fault in faults)


def test_the_newest_entries_cut_off_with_their_seals_are_found(told: House) -> None:
    for number in range(100):
        told.incident(f"One of a hundred, {number}")
    seal()
    first = Entry.objects.order_by("-id").values_list("pk", flat=True)[99]
    newest = Seal.objects.order_by("-number").values_list("number", flat=True)[0]
    behind_the_back(
        "DELETE FROM notifications_notice",
        *(f"DELETE FROM {table} WHERE {column} >= {first}" for table, column in (("trail_detail", "entry_id"), (TABLE, "id"))),
        f"DELETE FROM trail_seal WHERE number = {newest}",
    )
    faults = verify().faults
    assert any("newest seals are cut off" in fault for fault in faults)


def test_unsealed_entries_cut_off_are_found_by_their_card(told: House) -> None:
    incident = told.incident("Not sealed yet")
    behind_the_back(
        "DELETE FROM notifications_notice",
        f"DELETE FROM trail_detail WHERE entry_id IN (SELECT id FROM {TABLE} WHERE card_id = {incident.pk})",
        f"DELETE FROM {TABLE} WHERE card_id = {incident.pk}",
    )
    assert f"{incident.reference} should have 1 entries; 0 are there, the last at position 0." in verify().faults


def test_a_changed_text_is_named(told: House) -> None:
    entry = Entry.objects.filter(action="comment").get()
    behind_the_back(f"""UPDATE trail_detail SET "values" = '{{"text": [null, "We never looked."]}}' WHERE entry_id = {entry.pk}""")
    assert verify().faults == [f"Entry {entry.pk}: the text of “text” was changed after it was written."]


def test_a_text_that_vanished_without_an_order_is_named(told: House) -> None:
    entry = Entry.objects.filter(action="comment").get()
    behind_the_back(f"DELETE FROM trail_detail WHERE entry_id = {entry.pk}")
    assert verify().faults == [f"Entry {entry.pk}: the text of “text” is gone, and no entry says that it was redacted."]


def test_the_triggers_refuse_what_the_application_would_not_do(told: House) -> None:
    entry = Entry.objects.order_by("id")[0]
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        Entry.objects.filter(pk=entry.pk).delete()
    for statement in (f"UPDATE {TABLE} SET action = 'x'", f"DELETE FROM {TABLE}"):
        with pytest.raises(Exception, match="append-only"), _savepoint(), connection.cursor() as cursor:
            cursor.execute(statement)


def _savepoint() -> Any:
    from django.db import transaction  # noqa: PLC0415 (one test needs it)

    return transaction.atomic()


def test_redaction_erases_the_words_everywhere_and_leaves_the_trail_passing(told: House) -> None:
    incident = told.incident("Patient Mary Quinn can't sign in", description="Mary Quinn, born 1961")
    comment = parts.comment(incident, text="Mary Quinn called again.", is_public=True, by=told.ines, channel="page")
    redact(
        incident, fields=["title", "description"], comments=[comment], by=told.ruth, channel="page", reason="Asked by the data protection officer."
    )
    seal()
    assert verify().is_sound, verify().faults
    with connection.cursor() as cursor:
        for table in ("trail_detail", "records_comment", "incidents_incident", "register_card", "search_searchrow", TABLE):
            cursor.execute(f"SELECT * FROM {table}")
            assert not any("Quinn" in str(row) or "quinn" in str(row) for row in cursor.fetchall()), table


def test_without_its_key_a_proof_is_unchecked_and_said_so(told: House, tmp_path: Any, settings: Any) -> None:
    settings.PLIMSOLL_TRAIL_KEYS = tmp_path / "elsewhere"
    keys.ensure()
    (tmp_path / "elsewhere" / "trail-0001.key").unlink()
    verdict = verify()
    assert verdict.is_sound
    assert "can't be checked" in verdict.unchecked[0]


def test_after_a_rotation_old_and_new_entries_pass(told: House, tmp_path: Any) -> None:
    before = keys.live()[0]
    keys.rotate()
    told.incident("Under the new key")
    seal()
    assert keys.live()[0] > before
    assert verify().is_sound


def test_a_forged_proof_is_named(told: House) -> None:
    middle = Entry.objects.order_by("id").values_list("pk", flat=True)[2]
    forged = "X'00'" if connection.vendor == "sqlite" else "'\\x00'"
    behind_the_back(f"UPDATE {TABLE} SET mac = {forged} WHERE id = {middle}")
    assert any("its proof is wrong" in fault for fault in verify().faults)


def test_a_shown_entry_is_proved_by_its_path() -> None:
    leaves = [bytes([n]) * 32 for n in range(7)]
    root = merkle_root(leaves)
    assert all(follow_path(leaf, merkle_path(leaves, index)) == root for index, leaf in enumerate(leaves))
    assert follow_path(b"x" * 32, merkle_path(leaves, 3)) != root


def test_heads_lie_outside_the_database(told: House) -> None:
    settings.PLIMSOLL_TRAIL_HEADS.unlink()
    assert verify().faults == ["The file of heads is missing; it lies outside the database and is never deleted."]


def test_moves_and_amendments_are_told_with_old_and_new(told: House) -> None:
    incident = told.incident(impact=1, urgency=1)
    changed = amend(incident, by=told.ines, channel="page", urgency=3)
    moved: Callable[..., Any] = move
    moved(changed, "cancel", by=told.ines, channel="page", note="Reported twice.")
    told_of = [entry.changes for entry in Entry.objects.filter(card=incident.pk).order_by("id")]
    assert '"urgency":[1,3]' in told_of[1]
    assert '"priority":[1,3]' in told_of[1]
    assert '"state":["new","cancelled"]' in told_of[2]
