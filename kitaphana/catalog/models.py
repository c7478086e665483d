"""Bibliographic records."""

from __future__ import annotations

from django.db import models

from kitaphana.authorities.enums import Kind as HeadingKind
from kitaphana.authorities.models import Authority
from kitaphana.catalog.enums import HeadingRole, Outcome, ProposalState, RecordKind
from kitaphana.organizations.models import Organization, OwnedQuerySet


class Record(models.Model):
    """One edition. ``marc`` is the truth; every other column is extracted from it by ``services``."""

    control_number = models.CharField(max_length=100, unique=True)
    """MARC 001. Ours is ``KZ`` and ten digits; an imported one keeps its own while nobody else has it."""
    marc = models.TextField()
    """The record as compact MARC-in-JSON; ``catalog.queries.marc_of`` reads it."""
    title = models.TextField()
    subtitle = models.TextField(blank=True)
    responsibility = models.TextField(blank=True)
    authors = models.JSONField(default=list)
    """Names for display in the record's order, the first one heads the description."""
    subjects = models.JSONField(default=list)
    isbns = models.JSONField(default=list)
    """Valid ISBNs as 13 digits; the first is shown. ``RecordIsbn`` is the index over them."""
    year = models.SmallIntegerField(null=True)
    publisher = models.TextField(blank=True)
    place = models.TextField(blank=True)
    edition = models.TextField(blank=True)
    extent = models.TextField(blank=True)
    pages = models.PositiveIntegerField(null=True)
    series = models.TextField(blank=True)
    language = models.CharField(max_length=3, blank=True)
    """ISO 639-2/B of the text (MARC language code)."""
    kind = models.CharField(max_length=10, choices=RecordKind.choices)
    udc = models.CharField(max_length=100, blank=True)
    bbk = models.CharField(max_length=100, blank=True)
    author_mark = models.CharField(max_length=20, blank=True)
    age_from = models.PositiveSmallIntegerField(null=True)
    age_to = models.PositiveSmallIntegerField(null=True)
    grade = models.PositiveSmallIntegerField(null=True)
    """Grade of a textbook."""
    summary = models.TextField(blank=True)
    contents = models.TextField(blank=True)
    """The table of contents, an entry a line."""
    issn = models.CharField(max_length=20, blank=True)
    host_number = models.CharField(max_length=100, blank=True)
    """Control number of the journal or book that this article or part stands in."""
    host_part = models.CharField(max_length=200, blank=True)
    """Where in it: year, number, pages."""
    cover = models.CharField(max_length=200, blank=True)
    """Path of the cover picture in the data folder's ``files``; empty: a drawn one is shown."""
    match_key = models.CharField(max_length=64, db_index=True, blank=True)
    """Digest of normalised title, first author and year, by which editions are recognised."""
    work_key = models.CharField(max_length=32, db_index=True, blank=True)
    """Digest by which editions of one text in one language are gathered (``matching.work_key``)."""
    gather_key = models.CharField(max_length=32, db_index=True, blank=True)
    """Digest by which editions and translations of one work are gathered (``works.gather_key``)."""
    sort_title = models.CharField(max_length=250)
    """Title in Kazakh alphabetical order, shortened."""
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    """Set where the record is no longer in the catalogue; its row stays, so that its number leads on."""
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_records")
    """The record that took its place."""

    class Meta:
        indexes = [
            models.Index(fields=["sort_title", "id"], name="record_sort_title"),
            # Harvesting by date, in pages: every record changed since, whether removed or not.
            models.Index(fields=["changed_at", "id"], name="record_changed"),
            # What stands in a journal or a book, on its page.
            models.Index(fields=["host_number", "id"], name="record_host", condition=~models.Q(host_number="")),
            # A periodical is looked up by its number.
            models.Index(fields=["issn"], name="record_issn", condition=~models.Q(issn="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(removed_at__isnull=False),
                name="record_merged_is_removed",
            )
        ]

    def __str__(self) -> str:
        return self.title


class RecordIsbn(models.Model):
    """An ISBN of a record: a search key, never an identity (several records may share one)."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="isbn_keys")
    isbn = models.CharField(max_length=13)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["isbn", "record"], name="record_isbn_unique")]


class RecordSource(models.Model):
    """Under which control number an agency's file names a record: how the same file is recognised next time."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="sources")
    agency = models.CharField(max_length=60)
    """MARC 003, else the code of the library that gave the file."""
    control_number = models.CharField(max_length=100)
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    """SHA-256 of the record as it was read; an unchanged one need not be written again."""
    marc = models.TextField(blank=True)
    """The incoming record where it was merged into another one, so that nothing of it is lost."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "control_number"], name="record_source_unique")]


class RecordVersion(models.Model):
    """A record as it was before a change."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    marc = models.TextField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "version"], name="record_version_unique")]


class ImportRun(models.Model):
    """One imported file and the count of what became of its records."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=250)
    format = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    read = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    """Why the file could not be read to its end; empty where it could."""

    objects = OwnedQuerySet.as_manager()


class ImportLine(models.Model):
    """A record of an imported file that needs a person's eye: rejected, merged, or repaired."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    """1-based number of the record in the file."""
    position = models.BigIntegerField()
    """Byte offset (ISO 2709) or line (XML) where the record, or the trouble in it, stands."""
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    code = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict)
    title = models.TextField(blank=True)
    record = models.ForeignKey(Record, on_delete=models.SET_NULL, null=True, related_name="+")
    raw = models.BinaryField(default=b"")
    """The bytes of a rejected record, kept so that it can be mended and sent again."""

    class Meta:
        indexes = [models.Index(fields=["run", "number"], name="import_line_run")]


class RecordHeading(models.Model):
    """A name or subject of a record, extracted from its MARC, and the authority it was known as."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="headings")
    role = models.CharField(max_length=10, choices=HeadingRole.choices)
    kind = models.CharField(max_length=10, choices=HeadingKind.choices)
    text = models.TextField()
    key = models.CharField(max_length=200)
    """Under which an authority is looked for (``authorities.keys.key_of``)."""
    dates = models.CharField(max_length=60, blank=True)
    """Dates that stand beside a name; they tell namesakes apart."""
    authority = models.ForeignKey(Authority, on_delete=models.SET_NULL, null=True, related_name="headings")

    class Meta:
        indexes = [
            # An authority that is new looks for the headings it explains.
            models.Index(fields=["kind", "key"], name="record_heading_key"),
        ]


class Merge(models.Model):
    """Two records that were one edition: what moved, so that it can be taken back."""

    winner = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="merges")
    loser = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="merges_lost")
    winner_version = models.PositiveIntegerField()
    """Version of the winner before the merge; its MARC is in the history."""
    merged_version = models.PositiveIntegerField()
    """Version that the merge made."""
    moves = models.JSONField(default=dict)
    """What followed: rows by table, as each domain noted them."""
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(winner=models.F("loser")), name="merge_of_two"),
            models.UniqueConstraint(fields=["loser"], condition=models.Q(undone_at=None), name="merge_once"),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="merge_newest")]


class Proposal(models.Model):
    """A change of a shared record that a library asks the methodical centre for."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="proposals")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    """Who asks."""
    base_version = models.PositiveIntegerField()
    """Version of the record that was changed."""
    base_marc = models.TextField()
    marc = models.TextField()
    """The record as it is proposed, compact MARC-in-JSON."""
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "library"], condition=models.Q(state="OPEN"), name="proposal_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="OPEN", decided_at=None)
                | ~models.Q(state="OPEN") & models.Q(decided_at__isnull=False),
                name="proposal_decided",
            ),
        ]
        indexes = [models.Index(fields=["state", "-at", "-id"], name="proposal_state")]
