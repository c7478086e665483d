"""Overview, a list with its rules and people, making and changing it, the board and the diagram."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.corelist import boards, diagram, queries, services
from kitaphana.corelist.enums import EducationLevel, Side, State
from kitaphana.corelist.forms import CRITERIA, ListForm
from kitaphana.corelist.models import (
    Approver,
    CoreList,
    Criterion,
    Expert,
    Proposal,
    Step,
    Version,
    WorkingGroup,
)
from kitaphana.corelist.services.lists import user_by_login
from kitaphana.corelist.views.places import attempt, clean, command_id_of, list_of, number, working_list
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization, within
from kitaphana.people.enums import TeachingLanguage

A_PAGE = 50
AGES = ((0, 5), (6, 10), (11, 13), (14, 17), (18, 99))


def country_of(request: Request) -> Organization | None:
    """The country whose lists the person keeps, or None."""
    reach = request.actor.reach(Permission.LIST_MANAGE)
    found: Organization | None = (
        Organization.objects.filter(within(reach), kind=OrganizationKind.COUNTRY).order_by("path").first()
    )
    return found


def asked(request: Request) -> queries.Wanted:
    """What the filters of a public page ask for; values that are none are passed over."""
    level, language = request.GET.get("level", ""), request.GET.get("language", "")
    return queries.Wanted(
        text=clean(request.GET.get("q")),
        level=level if level in EducationLevel.values else "",
        language=language if language in TeachingLanguage.values else "",
        age=number(request.GET.get("age")),
        grade=number(request.GET.get("grade")),
        kind=clean(request.GET.get("kind"), 10),
    )


def _shown(lists: QuerySet[CoreList, CoreList]) -> QuerySet[Any, Any]:
    """Lists with what the overview says of each (no statement for each row)."""
    versions = Version.objects.filter(core_list=OuterRef("pk"))
    last = versions.filter(state=State.PUBLISHED).order_by("-number")
    present = versions.exclude(state=State.PUBLISHED)
    return lists.select_related("organization").annotate(
        last_id=Subquery(last.values("pk")[:1]),
        last_number=Subquery(last.values("number")[:1]),
        last_at=Subquery(last.values("published_at")[:1]),
        titles=Subquery(last.annotate(n=Count("entries")).values("n")[:1]),
        present_id=Subquery(present.values("pk")[:1]),
        present_number=Subquery(present.values("number")[:1]),
        present_state=Subquery(present.values("state")[:1]),
    )


@page(None)
def overview(request: Request) -> HttpResponse:
    """The lists in force, and the titles in all of them by level, language, age, grade or words."""
    is_staff = queries.is_staff(request.actor)
    wanted = asked(request)
    lists = [
        one
        for one in _shown(CoreList.objects.all()).order_by("level", "language", "age_from", "pk")
        if one.last_id or queries.may_propose(request.actor, one)
    ]
    order = {level: place for place, level in enumerate(EducationLevel.values)}
    lists.sort(key=lambda one: order[one.level])
    context: dict[str, Any] = {
        "is_staff": is_staff,
        "lists": [
            {"one": one, "state": State(one.present_state).label if one.present_state else ""}
            for one in lists
            if (not wanted.level or one.level == wanted.level)
            and (not wanted.language or one.language == wanted.language)
        ],
        "has_lists": bool(lists),
        "wanted": wanted,
        "levels": EducationLevel.choices,
        "languages": TeachingLanguage.choices,
        "grades": range(13),
        "may_make": country_of(request) is not None,
    }
    if wanted.is_narrow:
        found = queries.entries_in_force(wanted)
        shown = Paginator(found, A_PAGE).get_page(number(request.GET.get("page")) or 1)
        context |= {"found": shown, "total": shown.paginator.count}
    return render(request, "corelist/overview.html", context)


@page(None)
def list_page(request: Request, pk: int) -> HttpResponse:
    """A list: its versions, rules, criteria, commission, signatories."""
    one = list_of(request, pk)
    is_staff = queries.may_propose(request.actor, one)
    may_manage = request.actor.may(Permission.LIST_MANAGE, one.organization.path)
    versions = list(one.versions.annotate(titles=Count("entries")).order_by("-number"))
    if not is_staff:
        versions = [version for version in versions if version.state == State.PUBLISHED]
    approvers = list(Approver.objects.filter(core_list=one).select_related("user__person").order_by("side", "pk"))
    criteria = list(Criterion.objects.filter(core_list=one).order_by("position"))
    present = next((version for version in versions if version.state != State.PUBLISHED), None)
    context = {
        "one": one,
        "is_staff": is_staff,
        "may_manage": may_manage,
        "versions": versions,
        "present": present,
        "experts": list(queries.experts_of(one).order_by("appointed_at", "pk")) if is_staff else [],
        "sides": [(side, [row for row in approvers if row.side == side]) for side in Side],
        "criteria": criteria,
        "criteria_lines": [*criteria, *[None] * max(0, CRITERIA - len(criteria))][:CRITERIA],
        "may_set_criteria": may_manage and (present is None or present.state == State.DRAFT),
        "waiting": list(queries.waiting(one)[:A_PAGE]) if is_staff else [],
        "calls": list(one.calls.annotate(applicants=Count("applications")).order_by("-pk")) if is_staff else [],
    }
    return render(request, "corelist/list.html", context)


def _list_form(request: Request, country: Organization, one: CoreList | None = None) -> ListForm:
    initial = None
    if one is not None:
        names = (*services.ListFacts.__dataclass_fields__, "group")
        initial = {name: getattr(one, name) for name in names}
    groups = WorkingGroup.objects.filter(organization=country).order_by("-from_on", "pk")
    return ListForm(request.POST or None, groups=groups, initial=initial)


def _save(request: Request, country: Organization, form: ListForm, one: CoreList | None) -> CoreList:
    values = dict(form.cleaned_data)
    group = values.pop("group")
    facts = services.ListFacts(**values)
    if one is None:
        return services.make_list(
            actor=request.actor,
            organization=country,
            facts=facts,
            group=group,
            at=clock.now(),
            command_id=command_id_of(request),
        )
    return services.change_list(
        actor=request.actor,
        core_list=one,
        facts=facts,
        group=group,
        at=clock.now(),
        command_id=command_id_of(request),
    )


def _edited(request: Request, country: Organization, one: CoreList | None) -> HttpResponse:
    form = _list_form(request, country, one)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, country, form, one)
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("The list is saved."))
            return redirect("corelist:list", saved.pk)
    context = {"form": form, "one": one}
    return render(request, "corelist/list_form.html", context, status=422 if form.errors else 200)


@page(Permission.LIST_MANAGE)
def list_new(request: Request) -> HttpResponse:
    """Make a list."""
    country = country_of(request)
    if country is None:
        raise NotFound
    return _edited(request, country, None)


@page(Permission.LIST_MANAGE)
def list_edit(request: Request, pk: int) -> HttpResponse:
    """Change a list."""
    one = working_list(request, pk)
    request.actor.require(Permission.LIST_MANAGE, one.organization.path)
    return _edited(request, one.organization, one)


@page(Permission.LIST_MANAGE)
@require_POST
def list_change(request: Request, pk: int) -> HttpResponse:
    """Criteria, commission, signatories, and the beginning of a version."""
    one = working_list(request, pk)
    action = request.POST.get("action", "")
    common: dict[str, Any] = {"actor": request.actor, "at": clock.now(), "command_id": command_id_of(request)}

    def begin() -> None:
        services.begin_version(core_list=one, **common)

    def criteria() -> None:
        lines = [
            services.CriterionFacts(
                name_kk=clean(request.POST.get(f"kk-{place}"), 301),
                name_ru=clean(request.POST.get(f"ru-{place}"), 301),
                weight=number(request.POST.get(f"weight-{place}")) or 0,
            )
            for place in range(CRITERIA)
        ]
        services.set_criteria(core_list=one, criteria=lines, **common)

    def appoint() -> None:
        services.appoint_expert(core_list=one, user=user_by_login(clean(request.POST.get("login"), 80)), **common)

    def dismiss() -> None:
        expert = one.experts.filter(pk=number(request.POST.get("expert")) or 0).select_related("user").first()
        if expert is None:
            raise NotFound
        services.dismiss_expert(expert=expert, **common)

    def name() -> None:
        side = request.POST.get("side", "")
        if side not in Side.values:
            raise NotFound
        user = user_by_login(clean(request.POST.get("login"), 80))
        services.name_approver(core_list=one, user=user, side=Side(side), **common)

    def unname() -> None:
        approver = one.approvers.filter(pk=number(request.POST.get("approver")) or 0).select_related("user").first()
        if approver is None:
            raise NotFound
        services.remove_approver(approver=approver, **common)

    acts = {
        "begin": (begin, _("The version is begun; proposals are gathered.")),
        "criteria": (criteria, _("The criteria are saved.")),
        "appoint": (appoint, _("The expert is in the commission.")),
        "dismiss": (dismiss, _("The expert has left the commission.")),
        "name": (name, _("The signatory is named.")),
        "unname": (unname, _("The signatory signs no longer.")),
    }
    act, done = acts.get(action, (None, ""))
    if act is None:
        raise NotFound
    is_done = attempt(request, act, done)
    version = queries.under_way(one)
    if action == "begin" and is_done and version is not None:
        return redirect("corelist:version", version.pk)
    return redirect("corelist:list", one.pk)


@page(Permission.LIST_PROPOSE)
def board(request: Request) -> HttpResponse:
    """What waits for whom, on every list under way; everybody entitled sees the same."""
    found = boards.waiting(request.actor, clock.today())
    lists = [one for one in CoreList.objects.select_related("organization") if queries.may_propose(request.actor, one)]
    busy = {one.version.core_list_id for one in found}
    context = {
        "mine": [one for one in found if one.is_mine],
        "others": [one for one in found if not one.is_mine],
        "resting": [one for one in lists if one.pk not in busy],
        "counts": {
            "proposals": Proposal.objects.filter(core_list__in=lists, state="OPEN").count(),
            "experts": Expert.objects.filter(core_list__in=lists, dismissed_at__isnull=True).count(),
            "steps": Step.objects.filter(version__core_list__in=lists).count(),
        },
    }
    return render(request, "corelist/waiting.html", context)


@page(None)
def route(request: Request) -> HttpResponse:
    """The route as a drawing and as a table, both made of the one table of transitions."""
    here = request.GET.get("state", "")
    context = {"drawing": diagram.drawing(here if here in State.values else ""), "rows": diagram.rows()}
    return render(request, "corelist/route.html", context)
