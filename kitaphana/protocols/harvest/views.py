"""Pages of harvesting: the sources, what each brought, a harvest at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kitaphana.core import clock, jobs
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.models import Job
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.organizations.models import Organization
from kitaphana.protocols.harvest import jobs as harvest_jobs
from kitaphana.protocols.harvest import services
from kitaphana.protocols.harvest.models import HarvestRun, HarvestSource

RUNS = 25


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # not a generic while the program runs
    """An OAI-PMH server."""

    library_code = forms.CharField(
        label=gettext_lazy("Code of the library"), max_length=40,
        help_text=gettext_lazy("On behalf of which library the records are taken, for example AST-025."),
    )  # fmt: skip

    class Meta:
        model = HarvestSource
        fields = ["name", "address", "prefix", "set_spec", "every_hours", "is_active"]

    def clean_address(self) -> str:
        """Only addresses on the web."""
        address = str(self.cleaned_data["address"])
        if not address.startswith(("http://", "https://")):
            raise forms.ValidationError(_("The address must begin with http:// or https://."))
        return address

    def clean_every_hours(self) -> int:
        """At least an hour."""
        hours = int(self.cleaned_data["every_hours"])
        if not 1 <= hours <= 8760:
            raise forms.ValidationError(_("Between one hour and a year."))
        return hours

    def clean_library_code(self) -> Organization:
        """The library of that code."""
        found: Organization | None = Organization.objects.filter(
            code=self.cleaned_data["library_code"].strip(), is_library=True
        ).first()
        if found is None:
            raise forms.ValidationError(_("There is no library with this code."))
        return found


def _source(pk: int) -> HarvestSource:
    found = HarvestSource.objects.select_related("library").filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound()
    return found


@page(Permission.CATALOG_SHARED)
def sources(request: Request) -> HttpResponse:
    """The catalogues that are harvested, with their last run."""
    found = list(HarvestSource.objects.select_related("library").order_by("name"))
    last: dict[int, HarvestRun] = {}
    for run in HarvestRun.objects.filter(source__in=found).order_by("id"):
        last[run.source_id] = run
    return render(request, "harvest/sources.html", {"shown": [(one, last.get(one.pk)) for one in found]})


@page(Permission.INSTALLATION)
def source_new(request: Request) -> HttpResponse:
    """Add a catalogue to harvest."""
    return _written(request, SourceForm(request.POST or None), None)


@page(Permission.INSTALLATION)
def source_edit(request: Request, pk: int) -> HttpResponse:
    """Change how a catalogue is harvested."""
    one = _source(pk)
    form = SourceForm(request.POST or None, instance=one, initial={"library_code": one.library.code})
    return _written(request, form, one)


def _written(request: Request, form: SourceForm, one: HarvestSource | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        source: HarvestSource = form.save(commit=False)
        source.library = form.cleaned_data["library_code"]
        services.save_source(actor=request.actor, source=source, at=clock.now())
        messages.success(request, _("The source is saved: %(name)s") % {"name": source.name})
        return redirect("harvest:source", source.pk)
    context: dict[str, Any] = {"form": form, "source": one}
    return render(request, "harvest/source_form.html", context, status=422 if form.errors else 200)


@page(Permission.CATALOG_SHARED)
def source(request: Request, pk: int) -> HttpResponse:
    """A source and what each harvest brought."""
    one = _source(pk)
    found = HarvestRun.objects.filter(source=one).select_related("report")
    rows, following = paginate(found, request.GET.get("cursor"), RUNS, descending=True)
    return render(request, "harvest/source.html", {"source": one, "runs": rows, "next": following})


@page(Permission.CATALOG_SHARED)
@require_POST
def run_now(request: Request, pk: int) -> HttpResponse:
    """Harvest at once, in the background."""
    one = _source(pk)
    job = jobs.enqueue(harvest_jobs.ONE, actor_id=request.actor.user_id, library_id=one.library_id, source=one.pk)
    return redirect("job", job.pk)


@page(Permission.CATALOG_SHARED)
def job(request: Request, pk: int) -> HttpResponse:
    """From a finished harvest to its source."""
    done = get_object_or_404(Job, pk=pk, name=harvest_jobs.ONE)
    return redirect("harvest:source", done.arguments["source"])
