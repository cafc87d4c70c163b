"""Each rule of the linter: a text that breaks it and one that does not; our own templates; documents with the records that fill them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plimsoll.context.obligations.record import LIMITATION
from plimsoll.kernel.documents.content import templates
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.reading.files import read_text
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.record import ROLE
from plimsoll.planning.objectives.record import OBJECTIVE
from plimsoll.support.intake.linting.catalogue import RULES, SERIOUS, Subject
from plimsoll.support.intake.linting.linter import lint
from plimsoll.support.intake.linting.looking import lint_document, lint_text, lint_words, withdrawn_editions
from plimsoll.support.intake.matching import Match, OurSection
from plimsoll.support.intake.ours import beside_ours
from tests.cast import House, time_passed

WHOLE = """

9. Whole

Risks and opportunities, knowledge, demand, the asset register and climate are looked after.

A supplier takes part in the design and transition of services.

9.1 Services

- E-mail
"""
CASES = [
    # rule, a text that breaks it, a text that does not
    (
        "references_omit",
        "2. Reference documents\n\n- Change Management Process\n\n3. Work\n\nIncident management does it.",
        "2. Reference documents\n\n- Incident Management Process\n\n3. Work\n\nIncident management does it.",
    ),
    ("objective_not_measurable", "1. Objectives\n\n- To be excellent", "1. Objectives\n\n- 95 % of incidents solved in time by 2027"),
    (
        "interval_twice",
        "1. A\n\nThe management review is held once a year.\n\n2. B\n\nTop people hold a management review once a year.",
        "1. A\n\nThe management review is held once a year. Internal audits run once a year.",
    ),
    (
        "intervals_differ",
        "1. A\n\nThe management review is held once a year.\n\n2. B\n\nWe hold a management review every six months.",
        "1. A\n\nThe management review is held twice a year.\n\n2. B\n\nWe hold a management review every six months.",
    ),
    (
        "risks_elsewhere",
        "1. Risk management\n\nRisks stand in the risk assessment in Appendix of Service Continuity Process.",
        "1. Risk management\n\nRisks stand in the register of risks. The continuity plan reads it.",
    ),
    ("edition_withdrawn", "1. A\n\nWe follow ISO 9001 : 2008 here.", "1. A\n\nWe follow ISO 9001:2015 here."),
    ("edition_later", "Date:\t2013\nBy:\tAda\n\n1. A\n\nWe heed GDPR.", "Date:\t2019\nBy:\tAda\n\n1. A\n\nWe heed GDPR and ISO 9001:2015."),
    ("term_outdated", "1. A\n\nThe Management Representative decides.", "1. A\n\nThe SMS manager decides."),
    ("services_only_in_appendix", "1. A\n\nSee the list of services in Appendix 1.", "1. Services\n\n- Mail\n- Print"),
    ("parties_in_transition", "1. A\n\nSuppliers are paid.", "1. A\n\nSuppliers take part in the design of services."),
    ("subject_missing", "1. A\n\nNothing of these.", WHOLE),
    ("bracket_empty", "1. A\n\nValues [] are high.", "1. A\n\nValues [x] are high."),
    ("bracket_empty", "1. A\n\nIt is [not closed.", "1. A\n\nIt is [closed]."),
    ("bracket_open", "1. A\n\nAsk [name].", "1. A\n\nAsk Ada."),
    ("appendix_absent", "1. A\n\nSee Appendix B.1 for more.", "1. A\n\nSee Appendix B for more.\n\nAppendix B: More\n\nMore."),
    (
        "reference_dangles",
        "1. A\n\nSee the list in Appendix of Juggling Process.",
        "1. References\n\n- Juggling Process\n\n2. A\n\nIn Appendix of Juggling Process.",
    ),
    ("section_absent", "1. A\n\nSee section “Keys” here.", "1. Keys\n\nSee section “Keys” here."),
    ("section_absent", "1. A\n\nSee section 4.2 here.", "1. A\n\nSee section 1.1 here.\n\n1.1 B\n\nText."),
    ("two_spellings", "1. A\n\nWe fulfil and fulfill it.", "1. A\n\nWe fulfil and it is fulfilled."),
    ("two_spellings", "1. A\n\nHere Top Management and there top management.", "1. A\n\nHere top management. Top management too."),
    ("remark_left", "1. A\n\nText.\n\nComment [AB1]: Really?", "1. A\n\nText."),
    ("section_empty", "1. A\n\n2. B\n\nText.", "1. A\n\n1.1 B\n\nText."),
    ("contents_differ", "Contents\n\n1. A.....\t1\n2. Gone.....\t2\n\n1. A\n\nText.", "Contents\n\n1. A.....\t1\n\n1. A\n\nText."),
]


def rules_of(text: str) -> set[str]:
    subject = Subject(read_text(text), "plan", editions=withdrawn_editions(), known=frozenset({"Service continuity"}))
    return {found.rule.key for found in lint(subject)}


@pytest.mark.once
@pytest.mark.parametrize(("rule", "broken", "whole"), CASES)
def test_each_rule_finds_what_breaks_it_and_nothing_else(rule: str, broken: str, whole: str) -> None:
    assert rule in rules_of(broken)
    assert rule not in rules_of(whole)


@pytest.mark.once
def test_l_01_clauses_that_sections_put_into_practice_are_named() -> None:
    text = read_text("1. References\n\n- ISO/IEC 20000-1:2011, clauses 4.1.1 and 4.4.1\n\n2. Audit\n\nText.")
    audit = next(s for s in text.sections() if s.heading and s.heading.title == "Audit")
    match = Match(audit, OurSection("t", "audit", "2", "Audit", ("9.2-a",), ("4.5.4.2",)), 1.0, "title")
    (found,) = [f for f in lint(Subject(text, "plan", (match,))) if f.rule.key == "clauses_omit"]
    assert "4.5.4" in found.sentence
    whole = read_text("1. References\n\n- ISO/IEC 20000-1:2011, clauses 4.1.1 and 4.5.4\n\n2. Audit\n\nText.")
    assert not [f for f in lint(Subject(whole, "plan", (match,))) if f.rule.key == "clauses_omit"]


@pytest.mark.once
def test_every_rule_of_a_text_has_a_case() -> None:
    of_records = {"role_vacant", "statement_unimplemented", "source_faulty", "reference_stale", "clauses_omit", "claim_contradicted"}
    assert {rule.key for rule in RULES} - of_records == {rule for rule, _broken, _whole in CASES}
    assert {rule.key for rule in RULES} >= SERIOUS


@pytest.mark.once
def test_a_finding_says_what_where_and_what_to_do() -> None:
    (found,) = [f for f in lint_text(read_text("1. A\n\nWe follow ISO 9001:2008 here.")) if f.rule.key == "edition_withdrawn"]
    told = found.as_json()
    assert (told["rule"], told["ids"], told["line"], told["section"], told["serious"]) == ("edition_withdrawn", ["L-05", "7.5.3-g"], 3, "1 A", True)
    assert told["quote"] == "ISO 9001:2008"
    assert told["todo"].startswith("Use ISO 9001:2015")


@pytest.mark.once
def test_the_rules_are_quick_on_a_long_text() -> None:
    long = "\n\n".join(f"{n}. Section {chr(65 + n % 26)}\n\nWe do it [once a year] under ISO 9001:2015, see section 1.{n}." for n in range(1, 60))
    assert beside_ours(read_text(long)).of_sections


# Our own


@pytest.mark.django_db
def test_our_own_templates_have_nothing_serious(house: House) -> None:
    for template in templates():
        document = Document(tenant=house.tenant, title=template.title, body=template.text, sort=template.sort, template=template.key)
        found = [f for f in lint_words(document) if f.is_serious]
        assert not found, (template.key, [f.sentence for f in found])


def written(house: House, body: str, **values: Any) -> Document:
    made = open_record(DOCUMENT, by=house.ruth, channel="page", title="Policy", sort="policy", body=body, **values)
    assert isinstance(made, Document)
    return made


@pytest.mark.django_db
def test_s_128_a_role_without_a_holder_is_named_and_one_that_is_held_is_not(house: House) -> None:
    role = open_record(ROLE, by=house.ruth, channel="page", title="Top management", code="top_management", words=["document:read"], purpose="Leads.")
    document = written(house, "# A\n\n{{ roles.top_management }} decides.")
    (found,) = [f for f in lint_document(document) if f.rule.key == "role_vacant"]
    assert found.source is not None
    assert found.source.pk == role.pk
    assert not [f for f in lint_document(written(house, "# A\n\nSomebody decides.")) if f.rule.key == "role_vacant"]


@pytest.mark.django_db
def test_s_102_a_statement_that_no_objective_serves_is_named(house: House) -> None:
    document = written(house, "# A\n\n> [P1] We keep promises.\n> [P2] We learn.")
    assert [f.quote for f in lint_document(document) if f.rule.key == "statement_unimplemented"] == ["We keep promises.", "We learn."]
    open_record(OBJECTIVE, by=house.ruth, channel="page", title="Answer in time", statement="P1")
    assert [f.quote for f in lint_document(document) if f.rule.key == "statement_unimplemented"] == ["We learn."]


@pytest.mark.django_db
def test_s_016_references_to_no_document_and_to_a_withdrawn_one(house: House) -> None:
    old = open_record(DOCUMENT, by=house.ruth, channel="page", title="Old", sort="procedure", code="OLD-1", body="Text.")
    document = written(house, "# A\n\nSee [this](doc:NO-1), [that](doc:OLD-1) and [the policy](doc:SMS-POL).")
    assert {(f.rule.key, f.quote) for f in lint_document(document)} >= {("reference_dangles", "NO-1")}
    assert "reference_stale" not in {f.rule.key for f in lint_document(document)}
    move(old, "withdraw", by=house.ruth, channel="page", note="Over.")
    assert [f.quote for f in lint_document(document) if f.rule.key == "reference_stale"] == ["that"]


@pytest.mark.django_db
def test_what_is_wrong_with_records_is_found_where_they_fill_the_text(house: House) -> None:
    made = open_record(LIMITATION, by=house.ruth, channel="page", title="No nights", effect="Slow.", owner=house.ruth)
    time_passed(made, review_on=(now() - timedelta(days=3)).date())
    with_field, without = written(house, "# A\n\n{{ table limitations.open }}"), written(house, "# A\n\nText.")
    (found,) = [f for f in lint_document(with_field) if f.rule.key == "limitation_review_past"]
    assert found.source is not None
    assert "No nights" in found.source.label
    assert not [f for f in lint_document(without) if f.rule.key.startswith("limitation")]


@pytest.mark.django_db
def test_a_source_with_a_fault_is_one_finding_with_its_line(house: House) -> None:
    document = written(house, "# A\n\nText.")
    document.body = "# A\n\n{{ not closed"
    assert [(f.rule.key, f.line) for f in lint_document(document)] == [("source_faulty", 3)]


@pytest.mark.django_db
def test_the_page_of_findings_and_who_sees_it(house: House, client: Client) -> None:
    document = written(house, "# A\n\nWe follow ISO 9001:2008.")
    client.force_login(house.ruth)
    page = client.get(f"/documents/{document.number}/findings/").content.decode()
    assert "ISO 9001:2008 was withdrawn" in page
    assert "Found in the text" in client.get(f"/documents/{document.number}/").content.decode()
    document.refresh_from_db()
    clean = written(house, "# A\n\nText.")
    assert "Nothing found" in client.get(f"/documents/{clean.number}/findings/").content.decode()
    client.force_login(house.aoife)
    assert client.get(f"/documents/{document.number}/findings/").status_code in (403, 404)


@pytest.mark.django_db
def test_the_findings_cost_as_much_with_many_records(house: House, django_assert_max_num_queries: Any) -> None:
    document = written(house, "# A\n\n{{ table limitations.open }} \n\n{{ roles.sms_manager }}")
    Role.objects.filter(tenant=house.tenant).count()
    with django_assert_max_num_queries(14):
        lint_document(document)
    for n in range(5):
        open_record(LIMITATION, by=house.ruth, channel="page", title=f"L{n}")
    with django_assert_max_num_queries(14):
        lint_document(document)
