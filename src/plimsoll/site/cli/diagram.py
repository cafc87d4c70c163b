"""`plimsoll diagram`: the workflow of a record type as Mermaid text."""

import argparse
from typing import Any

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.workflow import Workflow
from plimsoll.site.cli.house import add_organization, tenant_of, type_of_word


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "diagram",
        help="draw the workflow of a record type",
        description="Print the workflow as Mermaid text: as your organisation runs it, or as shipped while there is none.",
    )
    parser.add_argument("kind", help="the record type, such as incident")
    parser.add_argument("--shipped", action="store_true", help="as the program ships it, without your organisation's changes")
    add_organization(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    record_type = type_of_word(options.kind)
    is_shipped = options.shipped or not Tenant.objects.exists()
    print(mermaid(record_type.workflow if is_shipped else workflow_of(tenant_of(options), record_type.kind)))


def mermaid(flow: Workflow) -> str:
    """The workflow as a Mermaid state diagram; ended states lead to the end."""
    lines = ["stateDiagram-v2", f"    [*] --> {flow.initial}"]
    lines += [f"    {state.name} : {_plain(state.label)}" for state in flow.states]
    lines += [f"    {source} --> {move.target} : {_plain(move.title)}" for move in flow.moves for source in move.sources]
    lines += [f"    {state.name} --> [*]" for state in flow.states if not state.is_open]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Mermaid reads ; and : as its own."""
    return text.replace(";", ",").replace(":", " ").replace('"', "”")
