from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_about"),
    ]

    operations = [
        migrations.AddField(model_name="drift", name="causes", field=models.JSONField(default=list)),
    ]
