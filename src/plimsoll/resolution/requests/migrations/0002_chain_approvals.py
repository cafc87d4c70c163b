"""Which approvals a version asked is kept."""

import json

import django.db.models.deletion
from django.db import migrations, models


def name_the_chains(apps, schema_editor):
    """The approvals that the system asked on requests, as their trail says."""
    chain = apps.get_model("requests", "ChainApproval").objects
    asked = apps.get_model("trail", "Entry").objects.filter(kind="request", action="ask approval", actor__kind="system")
    keys = {}
    for card, changes in asked.values_list("card_id", "changes").iterator():
        key = (json.loads(changes).get("approval") or [None, None])[1]
        if isinstance(key, int):
            keys[key] = card
    there = apps.get_model("approvals", "Approval").objects
    for key, card in sorted(keys.items()):
        if there.filter(pk=key, card=card).exists():
            chain.get_or_create(approval_id=key, defaults={"request_id": card})


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_initial"),
        ("requests", "0001_initial"),
        ("trail", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChainApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "approval",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="approvals.approval"),
                ),
                (
                    "request",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="chain", to="requests.request"),
                ),
            ],
        ),
        migrations.RunPython(name_the_chains, migrations.RunPython.noop),
    ]
