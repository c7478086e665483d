"""Pages of campaigns: for everybody who gives, and for the libraries that receive."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from cryptography.exceptions import InvalidTag
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.acquisitions.documents import XLSX, Paper, as_pdf, as_xlsx
from kitaphana.campaigns import documents, queries, services
from kitaphana.campaigns.enums import CampaignState, Donor, PledgeState
from kitaphana.campaigns.errors import BadCampaign, BadNumber, PledgeNotFound, TitleMissing
from kitaphana.campaigns.models import Campaign, Gift, Pledge, Wish
from kitaphana.campaigns.queries import VIEW
from kitaphana.campaigns.services import CampaignFacts, DonorFacts
from kitaphana.catalog.queries import record_by_isbn
from kitaphana.core import clock, crypto
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.fund.models import Member
from kitaphana.fund.views.files import pdf_answer
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.renewal import coverage

PAGE = 60
TITLES = 30
"""Titles that are taken from the gaps of a list at once."""


def _common(request: Request) -> dict[str, Any]:
    return {"at": clock.now(), "command_id": command_id_of(request)}


def _refuse(request: Request, refusal: DomainError) -> None:
    messages.error(request, f"{refusal} {refusal.advice_text}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadCampaign from None


def _money(text: str) -> Decimal:
    try:
        value = Decimal("".join(text.split()).replace(",", ".").replace("₸", ""))
    except InvalidOperation:
        raise BadNumber(value=text[:40]) from None
    if not value.is_finite() or not 0 <= value < 10**8:
        raise BadNumber(value=text[:40])
    return value


def _language(request: Request) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in ("kk", "ru", "en") else get_language() or "kk"


# For everybody


@page(None)
def give(request: Request) -> HttpResponse:
    """Campaigns that take books today."""
    found = [(campaign, queries.counter(campaign)) for campaign in queries.open_campaigns(clock.today())[:20]]
    return render(request, "campaigns/give.html", {"campaigns": found})


def _library_of(request: Request, campaign: Campaign) -> Organization | None:
    code = request.GET.get("library") or request.POST.get("library")
    return next((one for one in queries.libraries_of(campaign) if one.code == code), None)


@page(None)
def public(request: Request, pk: int) -> HttpResponse:
    """A campaign: its counter, what is wished, who has given; the form of a promise."""
    campaign = queries.public_campaign(pk)
    today, library = clock.today(), _library_of(request, campaign)
    wishes = queries.wishes_of(campaign, library=library, only_left=True)
    chosen = wishes.filter(pk=number(request.GET.get("wish")) or 0).first()
    context = {
        "campaign": campaign,
        "counter": queries.counter(campaign),
        "wishes": Paginator(wishes, PAGE).get_page(request.GET.get("page")),
        "libraries": queries.libraries_of(campaign),
        "library": library,
        "chosen": chosen,
        "own": "own" in request.GET,
        "donors": queries.public_donors(campaign),
        "kinds": Donor,
        "is_open": campaign.state == CampaignState.OPEN and campaign.first <= today <= campaign.last,
    }
    return render(request, "campaigns/public.html", context)


@page(None)
@require_POST
def promise(request: Request, pk: int) -> HttpResponse:
    """Take a promise and lead to the donor's own page."""
    campaign = queries.public_campaign(pk)
    posted = request.POST
    if posted.get("website"):  # a field that people don't see
        return redirect("campaigns:public", pk)
    wish = Wish.objects.filter(campaign=campaign, pk=number(posted.get("wish")) or 0).first()
    try:
        pledge = services.promise(
            campaign=campaign,
            wish=wish,
            library=_library_of(request, campaign),
            title=posted.get("title", ""),
            quantity=number(posted.get("quantity", "")) or 0,
            donor=DonorFacts(
                name=posted.get("name", ""),
                contact=posted.get("contact", ""),
                kind=posted.get("kind", Donor.PERSON),
                is_public="is_public" in posted,
                message=posted.get("message", ""),
                origin=request.actor.address or request.META.get("REMOTE_ADDR", ""),
            ),
            has_consented="consent" in posted,
            **_common(request),
        )
    except DomainError as refusal:
        _refuse(request, refusal)
        return redirect(f"{request.path.removesuffix('promise/')}?{'wish=' + str(wish.pk) if wish else 'own=1'}")
    return redirect("campaigns:mine", pledge.token)


@page(None)
def mine(request: Request, token: str) -> HttpResponse:
    """A donor's own page: what became of the promise; taking it back."""
    pledge = queries.pledge_of(token)
    if request.method == "POST":
        try:
            services.cancel(pledge=pledge, **_common(request))
        except DomainError as refusal:
            _refuse(request, refusal)
        else:
            messages.info(request, _("The promise is cancelled. Thank you for telling us."))
        return redirect("campaigns:mine", token)
    gifts = list(pledge.gifts.select_related("record").order_by("pk"))
    return render(request, "campaigns/mine.html", {"pledge": pledge, "gifts": gifts, "campaign": pledge.campaign})


@page(None)
def thanks_pdf(request: Request, token: str) -> HttpResponse:
    """The letter of thanks."""
    pledge = queries.pledge_of(token)
    if not pledge.given:
        raise PledgeNotFound
    language = _language(request)
    return pdf_answer(as_pdf(documents.thanks(pledge, language=language), language=language), "thanks")


# For the libraries


def _node(request: Request) -> Organization:
    reach = request.actor.reach(VIEW)
    if code := (request.GET.get("node") or request.POST.get("node")):
        return organizations.organization_by_code(code, reach)
    if request.library and reach.prefixes == (request.library.path,):
        library: Organization = request.library
        return library
    return organizations.top_nodes(reach)[0]


@page(VIEW)
def campaigns(request: Request) -> HttpResponse:
    """Campaigns of a place, and what they brought this year."""
    node, year = _node(request), clock.today().year
    context = {
        "node": node,
        "year": year,
        "campaigns": list(queries.campaigns_of(node)[:100]),
        "totals": queries.totals(node, year),
        "may_manage": request.actor.may(Permission.CAMPAIGNS_MANAGE, node.path),
    }
    return render(request, "campaigns/campaigns.html", context)


def _facts(request: Request) -> CampaignFacts:
    posted = request.POST
    return CampaignFacts(
        name_kk=posted.get("name_kk", ""),
        name_ru=posted.get("name_ru", ""),
        name_en=posted.get("name_en", ""),
        text=posted.get("text", ""),
        first=_day(posted.get("first", "")),
        last=_day(posted.get("last", "")),
    )


@page(Permission.CAMPAIGNS_MANAGE)
def campaign_new(request: Request) -> HttpResponse:
    """Begin a campaign."""
    node, today = _node(request), clock.today()
    if request.method == "POST":
        try:
            made = services.make_campaign(
                actor=request.actor, organization=node, facts=_facts(request), **_common(request)
            )
        except DomainError as refusal:
            _refuse(request, refusal)
        else:
            return redirect("campaigns:campaign", made.pk)
    typed = {name: request.POST.get(name, "") for name in ("name_kk", "name_ru", "name_en", "text")}
    days = {"first": today.isoformat(), "last": (today + timedelta(days=60)).isoformat()}
    return render(request, "campaigns/campaign_form.html", {"node": node, "typed": typed | days})


@page(VIEW)
def campaign(request: Request, pk: int) -> HttpResponse:
    """A campaign as those who hold it see it: wishes, promises, gifts, the report."""
    reach = request.actor.reach(VIEW)
    one = queries.campaign_within(pk, reach)
    if request.method == "POST":
        return _done(request, one)
    may_manage = request.actor.may(Permission.CAMPAIGNS_MANAGE, one.organization.path)
    wishes = queries.wishes_of(one)
    pledges = queries.pledges_of(one, reach)
    context = {
        "campaign": one,
        "node": one.organization,
        "counter": queries.counter(one),
        "wishes": Paginator(wishes, PAGE).get_page(request.GET.get("page")),
        "lines": queries.by_library(one, reach),
        "pledges": list(pledges[:200]),
        "gifts": list(queries.gifts_of(one, reach)[:200]),
        "may_manage": may_manage,
        "may_edit": may_manage and one.state != CampaignState.CLOSED,
        "lists": coverage.published_versions() if may_manage and one.state != CampaignState.CLOSED else [],
        "libraries": Organization.objects.filter(
            path__startswith=one.organization.path, is_library=True, is_closed=False
        )
        if may_manage
        else [],
        "typed": {
            "name_kk": one.name_kk, "name_ru": one.name_ru, "name_en": one.name_en, "text": one.text,
            "first": one.first.isoformat(), "last": one.last.isoformat(),
        },
    }  # fmt: skip
    return render(request, "campaigns/campaign.html", context)


def _done(request: Request, one: Campaign) -> HttpResponse:
    action, common = request.POST.get("action", ""), {"actor": request.actor, "campaign": one, **_common(request)}
    try:
        if action == "gaps":
            version = next(
                (row for row in coverage.published_versions() if row.pk == number(request.POST.get("version"))), None
            )
            if version is None:
                raise NotFound
            added = services.wish_gaps(version=version, most=TITLES, **common)
            messages.success(
                request, ngettext("%(n)s wish was added.", "%(n)s wishes were added.", added) % {"n": added}
            )
        elif action == "wishes":
            services.set_wishes(wanted=_wanted(request), **common)
            messages.success(request, _("The wishes are saved."))
        elif action == "add":
            services.set_wishes(more=[_added(request, one)], **common)
            messages.success(request, _("The wish was added."))
        elif action == "open":
            services.open_campaign(**common)
            messages.success(request, _("The campaign is open; everybody sees it."))
        elif action == "close":
            services.close_campaign(**common)
            messages.success(request, _("The campaign is closed."))
        elif action == "change":
            services.change_campaign(facts=_facts(request), **common)
            messages.success(request, _("Saved."))
    except DomainError as refusal:
        _refuse(request, refusal)
    return redirect("campaigns:campaign", one.pk)


def _wanted(request: Request) -> dict[int, int]:
    return {
        pk: count
        for name in request.POST
        if name.startswith("w-")
        and (pk := number(name[2:])) is not None
        and (count := number(request.POST.get(name, ""))) is not None
    }


def _added(request: Request, one: Campaign) -> tuple[Organization, Any, int]:
    record = record_by_isbn(request.POST.get("isbn", "")).first()
    if record is None:
        raise TitleMissing
    reach = request.actor.reach(Permission.CAMPAIGNS_MANAGE)
    library = organizations.organization_by_code(request.POST.get("library", ""), reach)
    return library, record, number(request.POST.get("wanted", "")) or 0


def _contact(pledge: Pledge) -> str:
    try:
        return crypto.decrypt(pledge.contact) if pledge.contact else ""
    except InvalidTag:
        return ""


@page(VIEW)
def pledge(request: Request, pk: int) -> HttpResponse:
    """A promise: taking the books in, or declining them."""
    one = queries.pledge_within(pk, request.actor.reach(VIEW))
    path = one.library.path
    if request.method == "POST":
        try:
            if request.POST.get("action") == "decline":
                services.decline(
                    actor=request.actor, pledge=one, reason=request.POST.get("reason", ""), **_common(request)
                )
                messages.info(request, _("The promise is declined; the donor reads the reason."))
            else:
                _take(request, one)
                messages.success(request, _("Thank you: the books are in the fund. Print the act and the letter."))
        except DomainError as refusal:
            _refuse(request, refusal)
        return redirect("campaigns:pledge", pk)
    may_manage = request.actor.may(Permission.CAMPAIGNS_MANAGE, path)
    context = {
        "pledge": one,
        "campaign": one.campaign,
        "contact": _contact(one) if may_manage else "",
        "may_manage": may_manage,
        "may_take": request.actor.may(Permission.FUND_RECEIVE, path) and one.state == PledgeState.PROMISED,
        "gifts": list(one.gifts.select_related("record", "act").order_by("pk")),
        "today": clock.today().isoformat(),
        "members": range(3),
    }
    return render(request, "campaigns/pledge.html", context)


def _take(request: Request, one: Pledge) -> Gift:
    posted = request.POST
    people = zip(posted.getlist("member"), posted.getlist("position"), strict=False)
    record = record_by_isbn(posted.get("isbn", "")).first() if one.wish is None else None
    return services.hand_over(
        actor=request.actor,
        pledge=one,
        quantity=number(posted.get("quantity", "")) or 0,
        price=_money(posted.get("price", "")),
        on=_day(posted.get("on", "")),
        commission=[
            Member(name=name.strip()[:100], position=position.strip()[:100])
            for name, position in people
            if name.strip()
        ],
        record=record,
        **_common(request),
    )


@page(VIEW)
def act_pdf(request: Request, pk: int) -> HttpResponse:
    """A handing-over act."""
    found = Gift.objects.select_related("pledge__campaign", "library", "record", "act").filter(pk=pk).first()
    if found is None or not request.actor.may(VIEW, found.library.path):
        raise PledgeNotFound
    language = _language(request)
    name = f"handing-over-{found.library.code}-{found.year}-{found.number}"
    return pdf_answer(as_pdf(documents.act(found, language=language), language=language), name)


@page(VIEW)
def report(request: Request, pk: int, form: str) -> HttpResponseBase:
    """The report of a campaign as PDF or XLSX."""
    reach = request.actor.reach(VIEW)
    one, language = queries.campaign_within(pk, reach), _language(request)
    paper = documents.report(one, reach, language=language)
    return _paper_answer(paper, form, f"campaign-{pk}", language)


@page(VIEW)
def year_report(request: Request, form: str) -> HttpResponseBase:
    """The report of all campaigns of a year below a node as PDF or XLSX."""
    node, language = _node(request), _language(request)
    year = min(max(number(request.GET.get("year")) or clock.today().year, 2000), 2100)
    paper = documents.year_report(node, year, language=language)
    return _paper_answer(paper, form, f"campaigns-{node.code}-{year}", language)


def _paper_answer(paper: Paper, form: str, name: str, language: str) -> HttpResponseBase:
    if form == "pdf":
        return pdf_answer(as_pdf(paper, language=language), name)
    if form != "xlsx":
        raise NotFound
    return FileResponse(as_xlsx(paper), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
