"""Working groups with their meetings, and calls for experts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.corelist import services
from kitaphana.corelist.enums import GroupRole
from kitaphana.corelist.forms import CRITERIA
from kitaphana.corelist.models import (
    MOST_POINTS,
    Application,
    ApplicationScore,
    CallCriterion,
    ExpertCall,
    GroupMember,
    Meeting,
    WorkingGroup,
)
from kitaphana.corelist.services.lists import user_by_login
from kitaphana.corelist.views.lists import country_of
from kitaphana.corelist.views.places import attempt, clean, command_id_of, number, working_list

A_MONTH = timedelta(days=30)


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class GroupForm(forms.Form):
    """Names, mandate and term of a group."""

    name_kk = forms.CharField(label=gettext_lazy("Name in Kazakh"), max_length=300)
    name_ru = forms.CharField(label=gettext_lazy("Name in Russian"), max_length=300, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=300, required=False)
    mandate = forms.CharField(
        label=gettext_lazy("Mandate"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What the group is for and by which order it was made."),
    )
    from_on = forms.DateField(label=gettext_lazy("From"), widget=_day())
    until_on = forms.DateField(label=gettext_lazy("Until"), widget=_day(), required=False)


class MeetingForm(forms.Form):
    """Day, agenda, who came, minutes."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=_day())
    agenda = forms.CharField(label=gettext_lazy("Agenda"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))
    attendees = forms.MultipleChoiceField(label=gettext_lazy("Who came"), widget=forms.CheckboxSelectMultiple)
    minutes = forms.CharField(
        label=gettext_lazy("Minutes"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )

    def __init__(self, *args: Any, members: list[GroupMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["attendees"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(one.pk), one.name) for one in members]


class CallForm(forms.Form):
    """Whom the commission looks for."""

    text = forms.CharField(
        label=gettext_lazy("Whom the commission looks for"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    places = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=100, initial=5)
    until_on = forms.DateField(label=gettext_lazy("Last day for applications"), widget=_day())


class ApplicationForm(forms.Form):
    """What speaks for the applicant, and what binds them."""

    statement = forms.CharField(
        label=gettext_lazy("What speaks for you"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Education, posts, work with children's reading, publications."),
    )
    conflicts = forms.CharField(
        label=gettext_lazy("Publishers and authors you are bound to"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _may_see(request: Request, group: WorkingGroup) -> bool:
    path = group.organization.path
    return any(
        Permission.LIST_PROPOSE in grant.permissions and (grant.path.startswith(path) or path.startswith(grant.path))
        for grant in request.actor.grants
    )


def group_of(request: Request, pk: int) -> WorkingGroup:
    """A group that the person may see.

    :raises NotFound: there is none, or not for them.
    """
    found = WorkingGroup.objects.select_related("organization").filter(pk=pk).first()
    if found is None or not _may_see(request, found):
        raise NotFound
    return found


def call_of(request: Request, pk: int) -> ExpertCall:
    """A call of a list that the person may see.

    :raises NotFound: there is none, or not for them.
    """
    found = ExpertCall.objects.select_related("core_list__organization").filter(pk=pk).first()
    if found is None:
        raise NotFound
    working_list(request, found.core_list_id)
    return found


@page(Permission.LIST_PROPOSE)
def groups(request: Request) -> HttpResponse:
    """Working groups."""
    shown = [
        one
        for one in WorkingGroup.objects.select_related("organization").order_by("-from_on", "pk")
        if _may_see(request, one)
    ]
    return render(request, "corelist/groups.html", {"groups": shown, "may_make": country_of(request) is not None})


@page(Permission.LIST_MANAGE)
def group_form(request: Request, pk: int | None = None) -> HttpResponse:
    """Make or change a group."""
    group = group_of(request, pk) if pk is not None else None
    country = group.organization if group is not None else country_of(request)
    if country is None:
        raise NotFound
    request.actor.require(Permission.LIST_MANAGE, country.path)
    names = services.GroupFacts.__dataclass_fields__
    initial = {name: getattr(group, name) for name in names} if group else {"from_on": clock.today()}
    form = GroupForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_group(
                actor=request.actor,
                organization=country,
                facts=services.GroupFacts(**form.cleaned_data),
                group=group,
                at=clock.now(),
                command_id=command_id_of(request),
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("The group is saved."))
            return redirect("corelist:group", saved.pk)
    context = {"form": form, "group": group}
    return render(request, "corelist/group_form.html", context, status=422 if form.errors else 200)


@page(Permission.LIST_PROPOSE)
def group_page(request: Request, pk: int) -> HttpResponse:
    """A group: mandate, members, meetings, the lists it makes."""
    group = group_of(request, pk)
    members = list(group.members.select_related("user__person").order_by("until_on", "pk"))
    order = list(GroupRole.values)
    context = {
        "group": group,
        "members": sorted(members, key=lambda one: (one.until_on is not None, order.index(one.role), one.pk)),
        "roles": GroupRole.choices,
        "meetings": list(group.meetings.order_by("-number")),
        "lists": list(group.lists.order_by("pk")),
        "may_manage": request.actor.may(Permission.LIST_MANAGE, group.organization.path),
    }
    return render(request, "corelist/group.html", context)


@page(Permission.LIST_MANAGE)
@require_POST
def group_change(request: Request, pk: int) -> HttpResponse:
    """Take members in and let them go."""
    group = group_of(request, pk)
    common: dict[str, Any] = {
        "actor": request.actor,
        "on": clock.today(),
        "at": clock.now(),
        "command_id": command_id_of(request),
    }

    def add() -> None:
        services.add_member(
            group=group,
            user=user_by_login(clean(request.POST.get("login"), 80)),
            role=request.POST.get("role", ""),
            position=clean(request.POST.get("position"), 200),
            **common,
        )

    def remove() -> None:
        member = group.members.filter(pk=number(request.POST.get("member")) or 0).select_related("user").first()
        if member is None:
            raise NotFound
        services.remove_member(member=member, **common)

    acts = {"add": (add, _("The member is in the group.")), "remove": (remove, _("The member has left the group."))}
    act, done = acts.get(request.POST.get("action", ""), (None, ""))
    if act is None:
        raise NotFound
    attempt(request, act, done)
    return redirect("corelist:group", group.pk)


@page(Permission.LIST_MANAGE)
def meeting_form(request: Request, pk: int, meeting_id: int | None = None) -> HttpResponse:
    """Note a meeting, or go on with its minutes."""
    group = group_of(request, pk)
    request.actor.require(Permission.LIST_MANAGE, group.organization.path)
    meeting = Meeting.objects.filter(group=group, pk=meeting_id).first() if meeting_id is not None else None
    if meeting_id is not None and meeting is None:
        raise NotFound
    members = list(group.members.select_related("user__person").order_by("pk"))
    initial: dict[str, Any] = {"on": clock.today()}
    if meeting is not None:
        came = [str(one) for one in meeting.attendees.values_list("pk", flat=True)]
        initial = {"on": meeting.on, "agenda": meeting.agenda, "minutes": meeting.minutes, "attendees": came}
    form = MeetingForm(request.POST or None, members=members, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        came = values.pop("attendees")
        try:
            saved = services.save_meeting(
                actor=request.actor,
                group=group,
                attendees=[one for one in members if str(one.pk) in came],
                meeting=meeting,
                at=clock.now(),
                command_id=command_id_of(request),
                **values,
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            return redirect("corelist:meeting", group.pk, saved.pk)
    context = {"form": form, "group": group, "meeting": meeting}
    return render(request, "corelist/meeting_form.html", context, status=422 if form.errors else 200)


@page(Permission.LIST_PROPOSE)
def meeting_page(request: Request, pk: int, meeting_id: int) -> HttpResponse:
    """Minutes; they are signed here by the chair, the secretary or the keeper."""
    group = group_of(request, pk)
    meeting = Meeting.objects.select_related("signed_by__person", "group__organization").filter(
        group=group, pk=meeting_id
    ).first()  # fmt: skip
    if meeting is None:
        raise NotFound
    if request.method == "POST":
        attempt(
            request,
            lambda: services.sign_minutes(
                actor=request.actor, meeting=meeting, at=clock.now(), command_id=command_id_of(request)
            ),
            _("The minutes are signed and closed."),
        )
        return redirect("corelist:meeting", group.pk, meeting.pk)
    may_manage = request.actor.may(Permission.LIST_MANAGE, group.organization.path)
    leads = group.members.filter(
        user=request.actor.user_id or 0, until_on__isnull=True, role__in=[GroupRole.CHAIR, GroupRole.SECRETARY]
    )
    context = {
        "group": group,
        "meeting": meeting,
        "attendees": list(meeting.attendees.select_related("user__person").order_by("pk")),
        "may_edit": may_manage and meeting.signed_at is None,
        "may_sign": meeting.signed_at is None and bool(meeting.minutes) and (may_manage or leads.exists()),
        "holds": meeting.signed_at is not None and services.minutes_digest(meeting) == meeting.digest,
    }
    return render(request, "corelist/meeting.html", context)


@page(Permission.LIST_MANAGE)
def call_new(request: Request, pk: int) -> HttpResponse:
    """Open a call for experts, with its criteria."""
    one = working_list(request, pk)
    request.actor.require(Permission.LIST_MANAGE, one.organization.path)
    form = CallForm(request.POST or None, initial={"until_on": clock.today() + A_MONTH})
    lines = [
        {
            "kk": clean(request.POST.get(f"kk-{place}"), 301),
            "ru": clean(request.POST.get(f"ru-{place}"), 301),
            "weight": number(request.POST.get(f"weight-{place}")),
        }
        for place in range(CRITERIA)
    ]
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_call(
                actor=request.actor,
                core_list=one,
                criteria=[
                    services.CriterionFacts(
                        name_kk=str(line["kk"]), name_ru=str(line["ru"]), weight=int(line["weight"] or 0)
                    )
                    for line in lines
                ],
                at=clock.now(),
                command_id=command_id_of(request),
                **form.cleaned_data,
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("The call is open."))
            return redirect("corelist:call", made.pk)
    context = {"form": form, "one": one, "lines": lines}
    return render(request, "corelist/call_form.html", context, status=422 if form.errors else 200)


@page(Permission.LIST_PROPOSE)
def call_page(request: Request, pk: int) -> HttpResponse:
    """A call: criteria, one's own application; for the keeper the ranking and the score sheet."""
    call = call_of(request, pk)
    may_manage = request.actor.may(Permission.LIST_MANAGE, call.core_list.organization.path)
    criteria = list(CallCriterion.objects.filter(call=call).order_by("position"))
    own = Application.objects.filter(call=call, user=request.actor.user_id or 0).first()
    mine: dict[tuple[int, int], int] = {}
    if may_manage:
        scores = ApplicationScore.objects.filter(application__call=call, user=request.actor.user_id or 0)
        for application, criterion, points in scores.values_list("application_id", "criterion_id", "points"):
            mine[application, criterion] = points
    is_open = call.closed_at is None
    initial = {"statement": own.statement, "conflicts": own.conflicts} if own else {}
    context = {
        "call": call,
        "one": call.core_list,
        "criteria": criteria,
        "own": own,
        "form": ApplicationForm(initial=initial) if is_open and clock.today() <= call.until_on else None,
        "may_manage": may_manage,
        "is_open": is_open,
        "most": MOST_POINTS,
        "ranked": [
            (one, [(criterion, mine.get((one.application.pk, criterion.pk))) for criterion in criteria])
            for one in services.ranking(call)
        ]
        if may_manage or not is_open
        else [],
    }
    return render(request, "corelist/call.html", context)


@page(Permission.LIST_PROPOSE)
@require_POST
def call_change(request: Request, pk: int) -> HttpResponse:
    """Apply; for the keeper: save points, appoint by the numbers."""
    call = call_of(request, pk)
    common: dict[str, Any] = {"actor": request.actor, "at": clock.now()}

    def apply() -> None:
        services.apply_as_expert(
            call=call,
            statement=request.POST.get("statement", "").replace("\x00", ""),
            conflicts=request.POST.get("conflicts", "").replace("\x00", ""),
            command_id=command_id_of(request),
            **common,
        )

    def score() -> None:
        criteria = {one.pk: one for one in CallCriterion.objects.filter(call=call)}
        for application in Application.objects.filter(call=call).select_related("call__core_list__organization"):
            for criterion in criteria.values():
                text = request.POST.get(f"p-{application.pk}-{criterion.pk}", "").strip()
                if text:
                    points = number(text)
                    services.score_application(
                        application=application, criterion=criterion, points=-1 if points is None else points, **common
                    )

    def close() -> None:
        services.close_call(call=call, command_id=command_id_of(request), **common)

    acts = {
        "apply": (apply, _("Your application is sent.")),
        "score": (score, _("The points are saved.")),
        "close": (close, _("The best are appointed and the call is closed.")),
    }
    act, done = acts.get(request.POST.get("action", ""), (None, ""))
    if act is None:
        raise NotFound
    attempt(request, act, done)
    return redirect("corelist:call", call.pk)
