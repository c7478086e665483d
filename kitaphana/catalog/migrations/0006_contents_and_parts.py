# What the ledger's trigger reads is made anew on SQLite.

from django.db import migrations, models

from kitaphana.core.triggers import kept_over


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_headings_of_present_records"),
    ]

    operations = kept_over(
        "catalog_record",
        [
            migrations.AddField(
                model_name="record",
                name="contents",
                field=models.TextField(blank=True),
            ),
            migrations.AddField(
                model_name="record",
                name="host_number",
                field=models.CharField(blank=True, max_length=100),
            ),
            migrations.AddField(
                model_name="record",
                name="host_part",
                field=models.CharField(blank=True, max_length=200),
            ),
            migrations.AddField(
                model_name="record",
                name="issn",
                field=models.CharField(blank=True, max_length=20),
            ),
            migrations.AlterField(
                model_name="record",
                name="kind",
                field=models.CharField(
                    choices=[
                        ("BOOK", "Book"),
                        ("TEXTBOOK", "Textbook"),
                        ("BROCHURE", "Brochure"),
                        ("PERIODICAL", "Periodical"),
                        ("MAP", "Map"),
                        ("MUSIC", "Sheet music"),
                        ("AUDIO", "Audio"),
                        ("VIDEO", "Video"),
                        ("ELECTRONIC", "Electronic edition"),
                        ("KIT", "Kit"),
                        ("ARTICLE", "Article"),
                        ("OTHER", "Other"),
                    ],
                    max_length=10,
                ),
            ),
            migrations.AddIndex(
                model_name="record",
                index=models.Index(
                    condition=models.Q(("host_number", ""), _negated=True),
                    fields=["host_number", "id"],
                    name="record_host",
                ),
            ),
            migrations.AddIndex(
                model_name="record",
                index=models.Index(
                    condition=models.Q(("issn", ""), _negated=True), fields=["issn"], name="record_issn"
                ),
            ),
        ],
    )
