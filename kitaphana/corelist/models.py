"""Lists, their versions and everything that leads to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language

from kitaphana.catalog.models import Record
from kitaphana.corelist.enums import (
    Change,
    Choice,
    EducationLevel,
    EntryKind,
    GroupRole,
    Move,
    ProposalState,
    Side,
    State,
)
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import TeachingLanguage
from kitaphana.people.models import User

MOST_POINTS = 10
MOST_PUPILS = 1000
"""The widest norm: one copy for so many pupils."""
OLDEST = 99


def name_of(user: User | None) -> str:
    """Who somebody is on our pages; the program itself has no account."""
    if user is None:
        return "Kitaphana"
    return user.person.full_name if user.person else user.login


class Named(models.Model):
    """A thing with a name in three languages."""

    name_kk = models.CharField(max_length=300)
    name_ru = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the language in force, else in Kazakh."""
        return str(getattr(self, f"name_{get_language()}", "") or self.name_kk)


class WorkingGroup(Named):
    """People whom an order charges with a list."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    mandate = models.TextField()
    """What the group is for and by which order."""
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="working_group_dates"
            ),
        ]

    if TYPE_CHECKING:
        organization_id: int


class GroupMember(models.Model):
    """Somebody in a working group."""

    group = models.ForeignKey(WorkingGroup, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=GroupRole.choices)
    position = models.CharField(max_length=200, blank=True)
    """Post and place of work, as minutes name them."""
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user"], condition=Q(until_on__isnull=True), name="group_member_once"
            ),
            models.UniqueConstraint(
                fields=["group"], condition=Q(until_on__isnull=True, role="CHAIR"), name="group_one_chair"
            ),
        ]

    if TYPE_CHECKING:
        group_id: int

    @property
    def name(self) -> str:
        """The person."""
        return name_of(self.user)


class Meeting(models.Model):
    """A meeting with its minutes; signed minutes are closed."""

    group = models.ForeignKey(WorkingGroup, on_delete=models.CASCADE, related_name="meetings")
    number = models.PositiveIntegerField()
    """Of the group, from 1."""
    on = models.DateField()
    agenda = models.TextField()
    minutes = models.TextField(blank=True)
    attendees = models.ManyToManyField(GroupMember, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of what was signed."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "number"], name="meeting_number")]

    if TYPE_CHECKING:
        group_id: int


class CoreList(Named):
    """The list of one level, language of instruction and age band, with the rules of its commission."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(WorkingGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="lists")
    level = models.CharField(max_length=10, choices=EducationLevel.choices)
    language = models.CharField(max_length=3, choices=TeachingLanguage.choices)
    age_from = models.PositiveSmallIntegerField()
    age_to = models.PositiveSmallIntegerField()
    quorum_percent = models.PositiveSmallIntegerField(default=50)
    """How many of the experts without a conflict must vote on a title, at least."""
    majority_percent = models.PositiveSmallIntegerField(default=50)
    """More than this share of the votes for and against must be for."""
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "level", "language", "age_from", "age_to"], name="core_list_unique"
            ),
            models.CheckConstraint(condition=Q(age_from__lte=F("age_to"), age_to__lte=OLDEST), name="core_list_age"),
            models.CheckConstraint(
                condition=Q(quorum_percent__gte=1, quorum_percent__lte=100), name="core_list_quorum"
            ),
            models.CheckConstraint(
                condition=Q(majority_percent__gte=1, majority_percent__lte=99), name="core_list_majority"
            ),
        ]

    if TYPE_CHECKING:
        organization_id: int
        group_id: int | None


class Approver(models.Model):
    """Who signs a list for a ministry; one person, one side."""

    core_list = models.ForeignKey(CoreList, on_delete=models.CASCADE, related_name="approvers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["core_list", "user"], name="approver_one_side")]

    if TYPE_CHECKING:
        core_list_id: int
        user_id: int

    @property
    def name(self) -> str:
        """The person."""
        return name_of(self.user)


class Criterion(Named):
    """By what experts score titles."""

    core_list = models.ForeignKey(CoreList, on_delete=models.CASCADE, related_name="criteria")
    weight = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["core_list", "name_kk"], name="criterion_unique"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="criterion_weight"),
        ]

    if TYPE_CHECKING:
        core_list_id: int


class ExpertCall(models.Model):
    """A call for experts of a list's commission."""

    core_list = models.ForeignKey(CoreList, on_delete=models.CASCADE, related_name="calls")
    text = models.TextField()
    """Whom the commission looks for."""
    places = models.PositiveSmallIntegerField()
    until_on = models.DateField()
    """The last day for applications."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    """When experts were appointed by the numbers."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["core_list"], condition=Q(closed_at__isnull=True), name="call_one_open"),
            models.CheckConstraint(condition=Q(places__gte=1, places__lte=100), name="call_places"),
        ]

    if TYPE_CHECKING:
        core_list_id: int


class CallCriterion(Named):
    """By what applicants are chosen."""

    call = models.ForeignKey(ExpertCall, on_delete=models.CASCADE, related_name="criteria")
    weight = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "name_kk"], name="call_criterion_unique"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="call_criterion_weight"),
        ]

    if TYPE_CHECKING:
        call_id: int


class Application(models.Model):
    """Somebody who wants to be an expert."""

    call = models.ForeignKey(ExpertCall, on_delete=models.CASCADE, related_name="applications")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField()
    """Education, posts, publications: what speaks for the applicant."""
    conflicts = models.TextField(blank=True)
    """Publishers and authors the applicant is bound to."""
    at = models.DateTimeField()
    is_appointed = models.BooleanField(null=True)
    """Null: not decided yet."""
    result = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    """The weighted mean by which it was decided."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "user"], name="application_once")]

    if TYPE_CHECKING:
        call_id: int
        user_id: int

    @property
    def name(self) -> str:
        """The applicant."""
        return name_of(self.user)


class ApplicationScore(models.Model):
    """Points of an applicant by one criterion."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(CallCriterion, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    """Who scored."""
    points = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion", "user"], name="application_score_once"),
            models.CheckConstraint(condition=Q(points__lte=MOST_POINTS), name="application_score_points"),
        ]


class Expert(models.Model):
    """Somebody in a list's commission."""

    core_list = models.ForeignKey(CoreList, on_delete=models.CASCADE, related_name="experts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    appointed_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["core_list", "user"], condition=Q(dismissed_at__isnull=True), name="expert_once"
            ),
        ]

    if TYPE_CHECKING:
        core_list_id: int
        user_id: int

    @property
    def name(self) -> str:
        """The person."""
        return name_of(self.user)


class Version(models.Model):
    """A version of a list on its route; a published one never changes."""

    core_list = models.ForeignKey(CoreList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    begun_at = models.DateTimeField()
    since = models.DateTimeField()
    """When it came into its state."""
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["core_list", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["core_list"], condition=~Q(state="PUBLISHED"), name="version_one_under_way"
            ),
            models.CheckConstraint(
                condition=Q(state="PUBLISHED", published_at__isnull=False)
                | (~Q(state="PUBLISHED") & Q(published_at__isnull=True)),
                name="version_published",
            ),
        ]

    if TYPE_CHECKING:
        core_list_id: int


def _grades(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(grade_from__isnull=True, grade_to__isnull=True)
        | Q(grade_from__lte=F("grade_to"), grade_to__lte=12),
        name=name,
    )


class Proposal(models.Model):
    """A title somebody asks to add, to change or to take out."""

    core_list = models.ForeignKey(CoreList, on_delete=models.PROTECT, related_name="proposals")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals")
    """Null: it waits for the next version."""
    change = models.CharField(max_length=6, choices=Change.choices)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Null: the catalogue has no such edition yet; it must have one before the vote."""
    title = models.CharField(max_length=500)
    author = models.CharField(max_length=300, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    isbn = models.CharField(max_length=13, blank=True)
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    grade_from = models.PositiveSmallIntegerField(null=True, blank=True)
    grade_to = models.PositiveSmallIntegerField(null=True, blank=True)
    norm_per_pupils = models.PositiveSmallIntegerField()
    """One copy for so many pupils."""
    reason = models.TextField()
    proposer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=ProposalState.choices, default=ProposalState.OPEN)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    decision = models.CharField(max_length=500, blank=True)
    """Why it was put off, merged or withdrawn."""
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["core_list", "record"],
                condition=Q(state__in=["OPEN", "DEFERRED"], record__isnull=False),
                name="proposal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(norm_per_pupils__gte=1, norm_per_pupils__lte=MOST_PUPILS), name="proposal_norm"
            ),
            models.CheckConstraint(
                condition=Q(state="MERGED", merged_into__isnull=False)
                | (~Q(state="MERGED") & Q(merged_into__isnull=True)),
                name="proposal_merged",
            ),
            models.CheckConstraint(condition=Q(change="ADD") | Q(record__isnull=False), name="proposal_of_entry"),
            _grades("proposal_grades"),
        ]
        indexes = [models.Index(fields=["version", "state"], name="proposal_version_state")]

    if TYPE_CHECKING:
        core_list_id: int
        version_id: int | None
        record_id: int | None
        proposer_id: int | None
        merged_into_id: int | None

    @property
    def proposer_name(self) -> str:
        """Who proposed it."""
        return name_of(self.proposer)


class Comment(models.Model):
    """A word in the discussion of a proposal."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="comments")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    @property
    def name(self) -> str:
        """Who said it."""
        return name_of(self.user)


class DeclaredConflict(models.Model):
    """An expert's conflict of interest on a title; there is no way back."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="conflicts")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="conflicts")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "expert"], name="conflict_once")]

    if TYPE_CHECKING:
        proposal_id: int
        expert_id: int


class Score(models.Model):
    """Points of a title by one criterion."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="scores")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "expert", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(points__lte=MOST_POINTS), name="score_points"),
        ]

    if TYPE_CHECKING:
        proposal_id: int
        expert_id: int
        criterion_id: int


class Vote(models.Model):
    """An expert's vote on a title, as it stands now; steps of the route keep what was."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="votes")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=7, choices=Choice.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "expert"], name="vote_once")]

    if TYPE_CHECKING:
        proposal_id: int
        expert_id: int


class Step(models.Model):
    """A signed step of a version. The database refuses to change or remove it; each holds the digest of the one before."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    """Of the version, from 1."""
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=320)
    """Who signed, as they were called then."""
    side = models.CharField(max_length=10, choices=Side.choices, blank=True)
    move = models.CharField(max_length=12, choices=Move.choices)
    from_state = models.CharField(max_length=10, choices=State.choices)
    to_state = models.CharField(max_length=10, choices=State.choices)
    comment = models.TextField(blank=True)
    content = models.TextField()
    """The version as it was signed: canonical JSON."""
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 over the canonical JSON of all above (``services.route.digest_of``)."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="step_number")]

    if TYPE_CHECKING:
        version_id: int
        user_id: int | None


class ListEntry(models.Model):
    """A title of a published version, with the facts as they were then. The database refuses to change it."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="entries")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    """Order of the list, from 1."""
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    grade_from = models.PositiveSmallIntegerField(null=True)
    grade_to = models.PositiveSmallIntegerField(null=True)
    norm_per_pupils = models.PositiveSmallIntegerField()
    title = models.TextField()
    subtitle = models.TextField(null=True, blank=True)
    """Null where a version was published before subtitles were kept."""
    authors = models.JSONField(default=list)
    publisher = models.TextField(blank=True)
    year = models.SmallIntegerField(null=True)
    isbn = models.CharField(max_length=13, blank=True)
    text_language = models.CharField(max_length=3, blank=True)
    """MARC code of the language of the text."""
    age_from = models.PositiveSmallIntegerField()
    age_to = models.PositiveSmallIntegerField()
    search_key = models.TextField()
    """Folded title and authors, by which people find it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "record"], name="list_entry_once"),
            models.UniqueConstraint(fields=["version", "position"], name="list_entry_position"),
            _grades("list_entry_grades"),
        ]

    if TYPE_CHECKING:
        version_id: int
        record_id: int

    @property
    def full_title(self) -> str:
        """Title and subtitle, by which parts of one work are told apart."""
        return f"{self.title}: {self.subtitle}" if self.subtitle else self.title

    @property
    def as_book(self) -> dict[str, object]:
        """What a card on a shelf of covers shows: facts as published, the record's cover."""
        cover = self.record.cover
        return {
            "title": self.full_title,
            "authors": self.authors,
            "kind": self.record.kind,
            "cover_url": reverse("catalog:cover", args=[cover.removeprefix("covers/")]) if cover else "",
        }
