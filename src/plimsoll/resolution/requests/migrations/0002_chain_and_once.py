"""Which approvals a version asked is kept; an access is given once by a request, and taken away once at each end."""

import json

import django.db.models.deletion
from django.db import migrations, models

LATER = 1000  # stages of tasks that were opened twice at once: kept, out of the way of those that count


def part_doubles(apps, schema_editor):
    """Of what was written twice at once the first stays in its place. The others stay too, as records of their own."""
    accesses = apps.get_model("requests", "AccessRight").objects
    seen = set()
    for pk, request in accesses.exclude(request=None).order_by("pk").values_list("pk", "request_id").iterator():
        if request in seen:
            accesses.filter(pk=pk).update(request=None)
        seen.add(request)
    tasks = apps.get_model("requests", "FulfilmentTask").objects
    taken, beside = set(), {}
    for pk, access, stage in tasks.exclude(access=None).order_by("pk").values_list("pk", "access_id", "stage").iterator():
        if (access, stage) in taken:
            beside[access] = beside.get(access, LATER) + 1
            tasks.filter(pk=pk).update(stage=beside[access])
        taken.add((access, stage))


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
        migrations.RunPython(part_doubles, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="accessright",
            constraint=models.UniqueConstraint(fields=("request",), name="access_of_a_request_once"),
        ),
        migrations.AddConstraint(
            model_name="fulfilmenttask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("access__isnull", False)), fields=("access", "stage"), name="task_of_an_access_once"
            ),
        ),
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
