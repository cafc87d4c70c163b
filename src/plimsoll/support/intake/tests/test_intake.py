"""A file is taken in: sent, looked at, kept for later, thrown away, and taken over with its records, all of it or nothing."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plimsoll.context.obligations.models import Limitation, ManagementSystem, Obligation
from plimsoll.context.scopes.models import Location
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.documents.source import parse
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Comment, Link
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.trail.models import Entry
from plimsoll.support.intake.models import Intake
from plimsoll.support.intake.operations import NotTaken, begin_intake, clear_intakes, discard, keep_choices, take_over
from plimsoll.support.intake.queries import proposed
from tests.cast import House

pytestmark = pytest.mark.django_db

PLAN = """Service management plan

Code:\tOLD-7
Version:\t3.0
Confidentiality level:\tConfidential

1. Scope

The plan covers [whole organization and its services].

1.1 Locations

- Leeds: 1 High Street
- York

2. Limitations

- Nobody works at night

3. Policies, standards, law and contracts

- List of standards:
  - ISO 9001:2015
- List of statutory and regulatory requirements:
  - GDPR

4. Roles

Role\tResponsibilities
Key keeper\t- keeps the keys
Porter\topens the door; shuts the door

5. Processes operated by other parties

Process\tOther party\tContract
Night watch\tOwl Ltd\tC-9

Comment [AB1]: Ask Owl for the new contract.
"""


def holder(house: House, *words: str) -> Person:
    """Somebody of ours who may just that."""
    made = Person.objects.create(
        tenant=house.tenant, organization=house.provider, name="Hana Field", email=f"hana{len(words)}{Person.objects.count()}@n.example"
    )
    Grant.objects.create(tenant=house.tenant, person=made, words=["person:read", *words], role_name="Writer", started_at=now() - timedelta(days=1))
    return made


@pytest.fixture
def writer(house: House) -> Person:
    return holder(house, "document:*", "role:*", "location:*", "limitation:*", "obligation:*", "managementsystem:*", "class:confidential")


@pytest.fixture
def intake(writer: Person) -> Intake:
    return begin_intake(name="plan.txt", content=PLAN.encode(), by=writer)


def test_nothing_is_written_before_it_is_accepted(intake: Intake, writer: Person) -> None:
    assert [(row.proposal.kind, row.proposal.title, row.is_taken) for row in proposed(intake, writer)] == [
        ("location", "Leeds", True),
        ("location", "York", True),
        ("limitation", "Nobody works at night", True),
        ("obligation", "ISO 9001:2015", True),
        ("obligation", "GDPR", True),
        ("role", "Key keeper", True),
        ("role", "Porter", True),
        ("operation", "Night watch: Owl Ltd", False),
    ]
    assert not Document.objects.exists()
    assert not Location.objects.exists()


def test_what_is_ticked_becomes_a_draft_and_records_linked_to_it(intake: Intake, writer: Person) -> None:
    keep_choices(intake, {"rows": {"location-2": {"take": "", "title": "York"}, "location-1": {"take": "on", "title": "Leeds office"}}}, by=writer)
    document = take_over(intake, by=writer, channel="page")
    assert (document.title, document.code, document.level, document.state) == ("Service management plan", "OLD-7", "confidential", "draft")
    assert "{{ scope.sentence }}" in document.body
    assert "{{ table roles.table }}" in document.body
    assert "Night watch" in document.body
    assert parse(document.body).sections[0].title == "Scope"
    assert draft_as_printed(document)[0] is not None
    (place,) = Location.objects.all()
    assert (place.title, place.address) == ("Leeds office", "1 High Street")
    assert list(Limitation.objects.values_list("title", flat=True)) == ["Nobody works at night"]
    assert sorted(Obligation.objects.values_list("title", "type")) == [("GDPR", "law"), ("ISO 9001:2015", "standard")]
    assert Role.objects.get(title="Porter").responsibilities == "- opens the door\n- shuts the door"
    linked = set(Link.objects.filter(source=document.pk).values_list("target__kind", flat=True))
    assert linked == {"location", "limitation", "obligation", "role"}
    assert "AB1" in Comment.objects.get(card=document.pk).text
    assert "plan.txt" in str(Entry.objects.get(card=place.pk, action="open").detail.values["note"])
    intake.refresh_from_db()
    assert (intake.document, bytes(intake.content)) == (document, b"")
    assert [row["sentence"] for row in intake.outcome if row["title"] == "York"] == ["Not ticked."]


def test_one_row_that_can_not_be_written_leaves_nothing_half_written(intake: Intake, writer: Person) -> None:
    keep_choices(intake, {"rows": {"location-1": {"take": "on", "title": ""}}}, by=writer)
    before = Entry.objects.count()
    with pytest.raises(NotTaken) as refused:
        take_over(intake, by=writer, channel="page")
    assert list(refused.value.rows) == ["location-1"]
    assert Entry.objects.count() == before
    assert not Document.objects.exists()
    assert not Limitation.objects.exists()
    intake.refresh_from_db()
    assert intake.taken_at is None


def test_a_code_that_is_taken_is_said_at_the_document(intake: Intake, writer: Person) -> None:
    take_over(intake, by=writer, channel="page")
    again = begin_intake(name="plan.txt", content=PLAN.encode(), by=writer)
    with pytest.raises(NotTaken) as refused:
        take_over(again, by=writer, channel="page")
    assert list(refused.value.rows) == ["document"]


def test_what_there_is_already_is_shown_and_not_ticked(intake: Intake, writer: Person) -> None:
    take_over(intake, by=writer, channel="page")
    again = begin_intake(name="plan.txt", content=PLAN.encode(), by=writer)
    (row,) = [r for r in proposed(again, writer) if r.proposal.key == "location-1"]
    assert (row.is_taken, row.existing) == (False, Location.objects.get(title="Leeds").reference)


def test_a_row_of_a_kind_that_one_may_not_open_stays_in_the_text(house: House) -> None:
    only = holder(house, "document:*")
    intake = begin_intake(name="plan.txt", content=PLAN.encode(), by=only)
    assert all(row.refused for row in proposed(intake, only))
    with pytest.raises(NotTaken, match="confidentiality"):
        take_over(intake, by=only, channel="page")
    keep_choices(intake, {"document": {"level": "internal"}}, by=only)
    document = take_over(intake, by=only, channel="page")
    assert "Leeds" in document.body
    assert not Location.objects.exists()


def test_the_template_can_be_taken_in_place_of_the_words(intake: Intake, writer: Person) -> None:
    keep_choices(intake, {"document": {"mode": "template", "code": "", "title": "Plan"}}, by=writer)
    document = take_over(intake, by=writer, channel="page")
    assert document.template
    assert "Night watch" not in document.body


def test_it_is_its_senders_alone_and_taken_over_once(house: House, intake: Intake, writer: Person) -> None:
    other = holder(house, "document:*")
    for act in (lambda: discard(intake, by=other), lambda: keep_choices(intake, {}, by=other), lambda: take_over(intake, by=other, channel="page")):
        with pytest.raises(Refused):
            act()
    take_over(intake, by=writer, channel="page")
    with pytest.raises(Faulty):
        take_over(intake, by=writer, channel="page")


def test_it_is_thrown_away_by_hand_or_after_thirty_days(intake: Intake, writer: Person) -> None:
    kept = begin_intake(name="b.md", content=b"# A\n\nText.", by=writer)
    assert clear_intakes(now() - timedelta(days=30)) == 0
    Intake.objects.filter(pk=kept.pk).update(touched_at=now() - timedelta(days=31))
    assert clear_intakes(now() - timedelta(days=30)) == 1
    discard(intake, by=writer)
    assert not Intake.objects.exists()


def test_who_may_not_begin_documents_sends_nothing(house: House) -> None:
    with pytest.raises(Refused):
        begin_intake(name="plan.txt", content=b"words", by=house.ines)
    assert not Intake.objects.exists()


@pytest.mark.parametrize(("name", "content", "said"), [("a.pdf", b"%PDF", "PDF"), ("a.txt", b"", "empty"), ("a.docx", b"no", "damaged")])
def test_a_file_that_can_not_be_read_is_refused_with_a_sentence(client: Client, writer: Person, name: str, content: bytes, said: str) -> None:
    client.force_login(writer)
    answer = client.post("/library/import/", {"file": SimpleUploadedFile(name, content or b"")})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Intake.objects.exists()


def test_the_pages_lead_from_sending_to_taking_over(client: Client, house: House, writer: Person) -> None:
    client.force_login(writer)
    assert "None yet" in client.get("/library/import/").content.decode()
    sent = client.post("/library/import/", {"file": SimpleUploadedFile("plan.txt", PLAN.encode())})
    page = client.get(sent["Location"]).content.decode()
    assert "Night watch" in page
    assert "How the draft would read" in page
    ticked = {
        "location-1.take": "on",
        "location-1.title": "Leeds",
        "location-1.address": "1 High Street",
        "document.title": "Plan",
        "document.mode": "words",
    }
    kept = client.post(sent["Location"], {**ticked, "act": "keep"})
    assert kept.status_code == 302
    assert not Document.objects.exists()
    refused = client.post(sent["Location"], {**ticked, "location-1.title": "", "act": "take"})
    assert refused.status_code == 422
    assert "Nothing was written" in refused.content.decode()
    client.post(sent["Location"], {**ticked, "act": "take"})
    assert list(Location.objects.values_list("title", flat=True)) == ["Leeds"]
    done = client.get(sent["Location"]).content.decode()
    assert Document.objects.get().reference in done
    number = Document.objects.get().number
    assert client.get(f"/documents/{number}/findings/").status_code == 200
    assert f"/documents/{number}/findings/" in client.get(f"/documents/{number}/").content.decode()
    client.force_login(holder(house, "document:*"))
    assert client.get(sent["Location"]).status_code == 404
    client.force_login(house.ines)
    assert client.get("/library/import/").status_code == 403


def test_customers_are_entered_by_who_may(house: House) -> None:
    keeper = holder(house, "document:*", "organization:keep")
    intake = begin_intake(name="a.txt", content=b"Plan\n\n1. Customers\n\n- Harbour Office\n", by=keeper)
    document = take_over(intake, by=keeper, channel="page")
    assert Organization.objects.get(name="Harbour Office").kind == "customer"
    assert document.body


def test_other_management_systems_are_opened(writer: Person) -> None:
    text = b"Plan\n\n1. Service requirements\n\nServices also comply with:\n\n- Quality Management System\n"
    take_over(begin_intake(name="a.txt", content=text, by=writer), by=writer, channel="page")
    assert list(ManagementSystem.objects.values_list("title", flat=True)) == ["Quality Management System"]
