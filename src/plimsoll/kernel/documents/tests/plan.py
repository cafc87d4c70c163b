"""A plan as a middling provider would have it, for tests that look at whole documents."""

from pathlib import Path

from plimsoll.kernel.documents.blocks import Printed, Signature
from plimsoll.kernel.documents.composing import Filled, compose
from plimsoll.kernel.documents.source import parse
from plimsoll.kernel.figures.blanks import Row, Source, Value
from plimsoll.kernel.figures.svg import Cell, Node, heat_map, organisation_chart

SOURCE = (Path(__file__).parent / "data" / "plan.md").read_text(encoding="utf-8")
LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 60"><circle cx="30" cy="30" r="22" fill="none" stroke="#0d6079" stroke-width="6"/>
<path d="M4 30h52" stroke="#0d6079" stroke-width="6"/><path d="M80 20h150M80 32h110M80 44h130" stroke="#1b252d" stroke-width="5"/></svg>"""
UNITS = organisation_chart(
    [
        Node("n", "Northmere Digital Services", is_marked=True),
        Node("o", "Operations", "n", "Callum Reid", True),
        Node("d", "Service desk", "o", "8 people", True),
        Node("f", "Field services and spare parts, Zagreb", "o", "", True),
        Node("c", "Clinical applications", "n", "Marian Holt", True),
        Node("i", "Interfaces", "c", "", True),
        Node("a", "Consulting", "n", "not in scope"),
        Node("b", "Sales", "n"),
    ],
    title="Units of Northmere Digital Services",
    marked="within the scope",
    unmarked="outside",
)
STEPS = ("Rare", "Unlikely", "Possible", "Likely", "Almost certain")
MAP = heat_map(
    [str(n) for n in range(5, 0, -1)],
    STEPS,
    [[Cell("RSK-4, RSK-7" if r * c == 12 else "", 0 if r * c < 6 else 1 if r * c < 13 else 2) for c in range(1, 6)] for r in range(5, 0, -1)],
    ("kept in sight", "treated or accepted by the SMS manager", "must be treated"),
    title="Risks by likelihood and consequence",
    down="Consequence",
    across="Likelihood",
)


def _table(columns: str, *rows: str, kind: str = "thing") -> Filled:
    cells = [tuple(cell.strip() for cell in row.split("|")) for row in rows]
    names = tuple(column.strip() for column in columns.split("|"))
    return Filled(Value(columns=names, rows=tuple(Row(c, Source(kind, n, f"{kind} {n}", f"/{kind}/{n}/")) for n, c in enumerate(cells, 1))))


def _list(*lines: str) -> Filled:
    return Filled(Value(rows=tuple(Row((line,)) for line in lines)))


def filled(services: int = 60, people: int = 190) -> dict[str, Filled]:
    """What the fields of the plan came to."""
    return {
        "organization.name": Filled(Value("Northmere Digital Services")),
        "scope.sentence": Filled(
            Value(
                "The service management system of Northmere Digital Services covers the workplace, network and clinical application services that "
                "its operations units deliver from Split and Zagreb to customers in health care and education, and the technology that supports them."
            )
        ),
        "scopes.locations": _list(
            "Harbour House, Obala 12, Split (head office, service desk)", "Depot Žitnjak, Čulinečka cesta 9, Zagreb (spare parts)"
        ),
        "units.chart": Filled(Value(svg=UNITS, columns=("Unit", "In scope"), rows=(Row(("Operations", "yes")), Row(("Consulting", "no"))))),
        "objectives.current": _table(
            "Objective | Metric | Now | Aim | By | Owner",
            "Incidents are resolved at first contact | share of incidents resolved by the service desk | 61 % | 70 % | 30 June 2026 | Callum Reid",
            "Changes do not cause incidents | changes followed by an incident within 5 days | 6.2 % | 4 % | 31 December 2026 | Priya Raman",
            "Customers are content | mean answer to the yearly survey | 3.9 of 5 | 4.2 of 5 | 30 September 2026 | Marian Holt",
        ),
        "reviews.last": Filled(Value("2026-03-02")),
        "reviews.interval": Filled(Value("twice a year")),
        "roles.slm": Filled(Value("Service level manager"), override="The service level manager (Marian Holt)", reason="Named for the customer"),
        "obligations.systems": _list("Quality management system (certified 2024)", "Information security management system"),
        "limitations.known": Filled(Value(), is_confirmed_none=True),
        "obligations.all": _table(
            "Kind | Title | Applies to",
            "Policy | Information security policy | all services",
            "Standard | ISO 9001:2015 | the provider as a whole",
            "Law | General Data Protection Regulation | services that hold data of people: Workplace, Clinical applications",
            "Contract | NDS-CON-019 with Northmere Health Trust | Clinical applications, network",
        ),
        "roles.all": _table(
            "Role | Holder | Responsible for | May decide",
            "Top management | Hamish Orr | scope, policy and objectives; means; review twice a year | policy, plan, risks above 12, budget",
            "SMS manager | Ruth Castellano | processes are designed, run and improved; reports | process documents, audits, risks up to 12",
            "Change manager | Priya Raman | changes are assessed, approved and looked back on | changes up to medium risk",
            "Incident manager | Callum Reid | service is restored; people are told | major incident, escalation",
            "Service level manager | Marian Holt | requirements, agreements, reports to customers | agreements without penalty",
        ),
        "audits.distance": Filled(Value("12 months")),
        "audits.interval": Filled(Value("24 months")),
        "resources.decided": _table(
            "What | How much | For | Decided",
            "Service desk staff | 8 people | first contact 7:00 to 19:00 | 2 March 2026",
            "Monitoring | 1 licence for 400 nodes | network and servers | 12 January 2026",
        ),
        "resources.forecast": Filled(
            None, sentence="The forecast of resources is not kept yet: enter it under Resources, or give a text with a reason."
        ),
        "parties.operating": _table(
            "Party | Operates | Contract | Proofs",
            "Telmere Networks | wide area network, monitoring | CON-011 | 4 of 4",
            "Norvik Hosting | data centre, backup | CON-014 | 4 of 4",
            "Halden Print | print service, first line | CON-019 | 3 of 4",
        ),
        "risks.map": Filled(Value(svg=MAP, columns=("Risk", "Rating"), rows=(Row(("RSK-4", "16")),))),
        "risks.open": _table(
            "Risk | Likelihood | Consequence | Rating | Owner | Treatment | Due | State | Review",
            *(
                f"RSK-{n} Power fails for longer than batteries last | {n % 5 + 1} | {n % 4 + 2} | {(n % 5 + 1) * (n % 4 + 2)} | Sefu Adeyemi "
                f"| Second feed, contract with the network operator | 30 June 2026 | being treated | 1 May 2026"
                for n in range(1, 13)
            ),
        ),
        "tools.all": _list("Plimsoll: records, documents, evidence", "Monitoring by Telmere Networks", "Remote help"),
        "measures.all": Filled(Value(), sentence="No measures are kept: enter them under Measurements, or confirm that there are none."),
        "services.in_scope": _table(
            "Service | Owner | Customers | Hours | State",
            *(
                f"Managed workplace {n} | Ana Horvat | Northmere Health Trust, Halden College | Weekdays 7:00 to 19:00 | live"
                for n in range(1, services + 1)
            ),
            kind="service",
        ),
        "people.all": _table(
            "Person | Role | Unit | Competence",
            *(f"Đurđica Čačić {n} | Incident manager, second line | Operations | foundation course 2025, first aid" for n in range(1, people + 1)),
            kind="person",
        ),
    }


def plan(services: int = 60, people: int = 190) -> Printed:
    """The plan, composed."""
    return Printed(
        title="Service management plan",
        kind="Plan",
        organization="Northmere Digital Services",
        logo=LOGO,
        logo_type="svg",
        header=(
            ("Code", "NDS-SMS-003"),
            ("Version", "3.1"),
            ("Date of version", "12 November 2026"),
            ("Created by", "Ruth Castellano"),
            ("Approved by", ""),
            ("Confidentiality level", "Internal"),
        ),
        history=(
            ("9 February 2025", "1.0", "Ruth Castellano", "First version"),
            ("4 August 2025", "2.0", "Ruth Castellano", "Halden Print operates the print service; depot in Zagreb in scope"),
            ("2 March 2026", "3.0", "Ruth Castellano", "Objectives for 2026; limits of the change manager raised (CHG-0391)"),
        ),
        blocks=compose(parse(SOURCE), filled(services, people)),
        signatures=(Signature("Top management", "Hamish Orr"), Signature("SMS manager", "Ruth Castellano", "12 November 2026", "Signed in Plimsoll")),
        watermark="DRAFT",
        code="NDS-SMS-003",
        version="3.1",
        day="2026-11-12",
    )
