import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def stay_open_outside(apps, schema_editor):
    """What was public was readable outside; it stays so."""
    apps.get_model("documents", "Document").objects.filter(level="public").update(outside="both")


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_documents"),
        ("identity", "0002_person_sessions"),
        ("records", "0002_excerpts"),
        ("roles", "0002_found_by_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name="document",
            name="template_digest",
        ),
        migrations.RemoveField(
            model_name="documentversion",
            name="docx",
        ),
        migrations.RemoveField(
            model_name="documentversion",
            name="pdf",
        ),
        migrations.RemoveField(
            model_name="documentversion",
            name="statement",
        ),
        migrations.AddField(
            model_name="document",
            name="outside",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not decided"),
                    ("customer", "Customers"),
                    ("supplier", "Suppliers"),
                    ("both", "Customers and suppliers"),
                    ("nobody", "Nobody outside"),
                ],
                default="",
                max_length=10,
                verbose_name="readable outside for",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="outside_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="why nobody outside"),
        ),
        migrations.AddField(
            model_name="document",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="documents.document",
                verbose_name="belongs under the document",
            ),
        ),
        migrations.AddField(
            model_name="documentversion",
            name="disposed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="documentversion",
            name="signed_page",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.attachment"),
        ),
        migrations.AddField(
            model_name="documentversion",
            name="template_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.CreateModel(
            name="Disposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500)),
                ("asked_at", models.DateTimeField()),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "version",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="disposal", to="documents.documentversion"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("draft", models.CharField(max_length=12)),
                ("until", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="documents.document")),
            ],
        ),
        migrations.CreateModel(
            name="Reviewer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.CharField(blank=True, choices=[("", "not yet"), ("fine", "nothing to remark"), ("remarks", "has remarks")], max_length=8),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("round", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reviewers", to="documents.round")),
            ],
        ),
        migrations.CreateModel(
            name="SignedPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("draft", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signed_pages", to="documents.document")),
                ("file", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.attachment")),
            ],
        ),
        migrations.CreateModel(
            name="TemplateCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "document",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="template_copy", to="documents.document"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AudienceLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("scope", "Everybody of ours who is in scope"),
                            ("external", "Whoever outside holds a role"),
                            ("role", "The holders of a role"),
                            ("team", "A team"),
                        ],
                        max_length=8,
                    ),
                ),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="audience", to="documents.document")),
                ("role", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="roles.role")),
                ("team", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.team")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("role", None), ("team", None)), fields=("document", "sort"), name="audience_sort_once"
                    ),
                    models.UniqueConstraint(condition=models.Q(("sort", "role")), fields=("document", "role"), name="audience_role_once"),
                    models.UniqueConstraint(condition=models.Q(("sort", "team")), fields=("document", "team"), name="audience_team_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegacyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12)),
                ("approved_on", models.DateField()),
                ("approved_by", models.CharField(max_length=250)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="legacy", to="documents.document")),
                ("file", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.attachment")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("document", "number"), name="legacy_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_on", models.DateField(blank=True, null=True)),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("version", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="documents.documentversion")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("dropped_at", None), ("read_at", None)), fields=["person"], name="reading_open")],
                "constraints": [models.UniqueConstraint(fields=("version", "person"), name="asked_to_read_once")],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("draft", models.CharField(max_length=12)),
                ("anchor", models.CharField(max_length=120)),
                ("excerpt", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField()),
                ("must_settle", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="documents.document")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("closed_at", None)), fields=["document"], name="remark_open")],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("policy", "Policy"),
                            ("plan", "Plan"),
                            ("procedure", "Process or procedure"),
                            ("agreement", "Agreement"),
                            ("register", "Register"),
                            ("report", "Record or report"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1200)]
                    ),
                ),
                ("basis", models.CharField(max_length=300)),
                (
                    "action",
                    models.CharField(
                        choices=[("dispose", "Text and values are removed"), ("review", "Somebody decides")], default="dispose", max_length=8
                    ),
                ),
                ("tenant", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="retention_rules", to="identity.tenant")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("tenant", "sort"), name="retention_rule_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("document",), name="one_open_round"),
        ),
        migrations.AddConstraint(
            model_name="reviewer",
            constraint=models.UniqueConstraint(fields=("round", "person"), name="reviewer_once"),
        ),
        migrations.RunPython(stay_open_outside, migrations.RunPython.noop),
    ]
