from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0004_reviews_asked_and_claims"),
    ]

    operations = [
        migrations.AddField(model_name="drift", name="causes", field=models.JSONField(default=list)),
    ]
