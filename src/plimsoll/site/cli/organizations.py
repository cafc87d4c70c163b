"""`plimsoll organizations`: who is in the house."""

import argparse
from typing import Any

from django.db.models import Count, Q

from plimsoll.kernel.identity.models import Organization
from plimsoll.site.cli.house import add_json, add_organization, print_json, tenant_of


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "organizations",
        help="list the organisations",
        description="List the provider, its units, customers and suppliers with how many people belong to each.",
    )
    add_organization(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    tenant = tenant_of(options)
    rows = [
        {"id": o.pk, "kind": o.kind, "name": o.name, "people": o.active, "is_active": o.is_active, "external_reference": o.external_reference}
        for o in Organization.objects.filter(tenant=tenant)
        .annotate(active=Count("people", filter=Q(people__is_active=True)))
        .order_by("kind", "name")
    ]
    if options.json:
        print_json({"organization": tenant.slug, "organizations": rows})
        return
    for row in rows:
        print(f"{row['kind']:<9} {row['name']} ({row['people']} people)" + ("" if row["is_active"] else ", not active"))
