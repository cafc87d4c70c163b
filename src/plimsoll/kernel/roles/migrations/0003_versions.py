"""Roles get versions: what a role in force says becomes its first, and what holders of a role under revision were granted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def first_versions(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Exactly what was enforced until now: for a role in force what it says; for one that is being revised the words of its holders' grants, and of
    its limits those that are no numbers (numbers rested while it was revised)."""
    role, version, assignment = (apps.get_model("roles", name) for name in ("Role", "RoleVersion", "Assignment"))
    grant, entry = apps.get_model("access", "Grant"), apps.get_model("trail", "Entry")
    for each in role.objects.exclude(state="retired").order_by("pk").iterator():
        words, limits = each.words, each.limits
        last = entry.objects.filter(card_id=each.pk, action="put_in_force").order_by("-position").first()
        if each.state != "in_force":
            held = assignment.objects.filter(role=each, state="in_force").values_list("pk", flat=True)
            kept = grant.objects.filter(assignment__in=list(held), ended_at=None).order_by("-pk").first()
            if last is None or kept is None:
                continue
            words, limits = kept.words, {name: value for name, value in limits.items() if isinstance(value, (bool, str))}
        version.objects.create(
            role=each,
            number=1,
            title=each.title,
            purpose=each.purpose,
            responsibilities=each.responsibilities,
            words=words,
            limits=limits,
            approved_by_id=last.actor_id if last else each.opened_by_id,
            started_at=last.at if last else each.opened_at,
        )
        role.objects.filter(pk=each.pk).update(edition=1)
    # Who holds a role today was never asked whether they accept it: they are asked from now on, as everybody.


def nothing(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Going back drops the table."""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("trail", "0002_append_only"),
        ("roles", "0002_found_by_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("role", "edition", models.PositiveSmallIntegerField(default=0, verbose_name="version in force")),
        migrations.AddField("assignment", "is_deputy", models.BooleanField(default=False, verbose_name="as deputy")),
        migrations.AddField("assignment", "accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted")),
        migrations.CreateModel(
            name="RoleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=250)),
                ("purpose", models.TextField(blank=True)),
                ("responsibilities", models.TextField(blank=True)),
                ("words", models.JSONField(default=list)),
                ("limits", models.JSONField(default=dict)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("role", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="roles.role")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("role", "number"), name="role_version_once"),
                    models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("role",), name="one_role_version_in_force"),
                ],
            },
        ),
        migrations.RunPython(first_versions, nothing),
    ]
