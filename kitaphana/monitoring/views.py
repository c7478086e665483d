"""The dashboard and the lists behind its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from kitaphana.catalog import languages as catalog_languages
from kitaphana.catalog.enums import RecordKind
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.fund.enums import FundType, LanguageGroup
from kitaphana.fund.queries import KIND_COLUMNS
from kitaphana.monitoring import charts, lists, queries, services
from kitaphana.monitoring.enums import Group, Measure, Part, ReferenceKind
from kitaphana.monitoring.queries import Figures, Filters, Period, Periods
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Category
from kitaphana.regulations.models import RulePack
from kitaphana.regulations.queries import content_groups, pack_on

PAGE = 50


def _node(request: Request) -> Organization:
    """The node asked for within reach, else the library the person works in, else the top of the reach.

    :raises UnknownOrganization, NotFound: out of reach, or the reach is empty.
    """
    reach = request.actor.reach(Permission.NUMBERS_VIEW)
    if code := request.GET.get("node", "").strip():
        return organizations.organization_by_code(code, reach)
    tops = organizations.top_nodes(reach)
    # Somebody who works for a district begins with the district, a librarian with the library.
    if tops and not (len(tops) == 1 and tops[0].is_library) and (len(tops) == 1 or not request.library):
        return tops[0]
    if request.library:
        found: Organization = request.library
        return found
    if not tops:
        raise NotFound
    return tops[0]


def _address(measure: Measure, node: Organization, period: Period | None = None, **more: str) -> str:
    asked = {"node": node.code}
    if period is not None:
        asked |= {"since": period.first.isoformat(), "until": period.last.isoformat()}
    asked |= more
    return f"{reverse('monitoring:records', args=[measure.value])}?{urlencode(asked)}"


def _in_words(day: date) -> str:
    return format_date(day, format="long", locale=get_language() or "kk")


def _written(number: int | Decimal) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is shown: with its door and what it was a year earlier."""

    label: str
    value: str
    url: str
    before: str = ""
    before_url: str = ""
    change: str = ""
    """Signed change in per cent against a year earlier; empty where there is nothing to compare with."""
    tone: str = ""
    note: str = ""


def _compared(
    label: str, measure: Measure, node: Organization, now: int, before: int, period: Period, note: str = "", **more: str
) -> Figure:
    change = ""
    if before:
        percent = round((now - before) * 100 / before)
        change = f"{percent:+d} %".replace("-", "−") if percent else "0 %"
    return Figure(
        label, _written(now), _address(measure, node, period, **more), _written(before),
        _address(measure, node, period.year_before(), **more), change, note=note,
    )  # fmt: skip


def _movement(node: Organization, figures: Figures, periods: Periods, name: str) -> list[Figure]:
    """The figures of a day or a year with those of a year earlier."""
    period, before = periods.named()[name], f"{name}_before"
    core, textbooks = {"fund": FundType.CORE.value}, {"fund": FundType.TEXTBOOK.value}
    return [
        _compared(_("Visits"), Measure.VISITS, node, figures.visits[name], figures.visits[before], period),
        _compared(
            _("Loans without textbooks"), Measure.LOANS, node, figures.core_loans[name], figures.core_loans[before],
            period, **core,
        ),
        _compared(
            _("Loans of textbooks"), Measure.LOANS, node, figures.textbook_loans[name],
            figures.textbook_loans[before], period, **textbooks,
        ),
        _compared(
            _("Loans, all together"), Measure.LOANS, node, figures.loans(name), figures.loans(before), period
        ),
        _compared(_("Returns"), Measure.RETURNS, node, figures.returns[name], figures.returns[before], period),
        _compared(_("Renewals"), Measure.RENEWALS, node, figures.renewals[name], figures.renewals[before], period),
        _compared(
            _("Active readers"), Measure.ACTIVE, node, figures.active[name], figures.active[before], period,
            _("came at least once"),
        ),
        _compared(
            _("New readers"), Measure.NEW_READERS, node, figures.new_readers[name], figures.new_readers[before], period
        ),
        _compared(
            _("Copies received"), Measure.RECEIVED, node, figures.received[name], figures.received[before], period
        ),
    ]  # fmt: skip


def _now(node: Organization, figures: Figures, today: date) -> list[Figure]:
    """What is so at this moment."""
    period = Period(today, today)
    return [
        Figure(
            _("Overdue now"), _written(figures.overdue), _address(Measure.OVERDUE, node, period),
            tone="wrong" if figures.overdue else "good",
        ),
        Figure(_("On loan now"), _written(figures.on_loan), _address(Measure.ON_LOAN, node, period)),
        Figure(_("Holds waiting"), _written(figures.holds_waiting), _address(Measure.HOLDS, node, period)),
        Figure(
            _("On the hold shelf"), _written(figures.holds_ready), _address(Measure.HOLD_SHELF, node, period),
            tone="new" if figures.holds_ready else "",
        ),
        Figure(
            _("Registered readers"), _written(figures.readers), _address(Measure.READERS, node, period),
            _written(figures.readers_before), _address(Measure.READERS, node, period.year_before()),
        ),
    ]  # fmt: skip


def _fund(node: Organization, figures: Figures) -> list[dict[str, Any]]:
    def line(label: str, titles: int | None, copies: int, amount: Decimal, **more: str) -> dict[str, Any]:
        return {
            "label": label,
            "titles": None if titles is None else _written(titles),
            "copies": _written(copies),
            "amount": number_format(amount, 2, use_l10n=True, force_grouping=True),
            "url": _address(Measure.COPIES, node, None, **more),
        }

    return [
        line(_("Core fund"), figures.core_titles, figures.core_copies, figures.core_amount, fund=FundType.CORE.value),
        line(
            _("Textbook fund"), figures.textbook_titles, figures.textbook_copies, figures.textbook_amount,
            fund=FundType.TEXTBOOK.value,
        ),
        line(_("Both funds"), None, figures.copies, figures.amount),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of daily use with its formula; with textbooks and without where loans or the fund take part."""

    label: str
    formula: str
    value: str
    without: str | None = None
    unit: str = ""


def _indicators(figures: Figures, working_days: int) -> list[Indicator]:
    found = queries.indicators(figures, period="year", working_days=working_days)

    def shown(value: Decimal | None) -> str:
        return "—" if value is None else number_format(value, use_l10n=True)

    return [
        Indicator(
            _("Reading rate"), _("loans of the year ÷ registered readers"),
            shown(found.reading_all), shown(found.reading_core),
        ),
        Indicator(_("Visiting rate"), _("visits of the year ÷ registered readers"), shown(found.attendance)),
        Indicator(
            _("Mean visits a day"), _("visits of the year ÷ days the library was open"), shown(found.daily_attendance)
        ),
        Indicator(
            _("Turnover of the fund"), _("loans of the year ÷ copies in the fund today"),
            shown(found.turnover_all), shown(found.turnover_core),
        ),
        Indicator(
            _("Books per reader"), _("copies in the fund today ÷ registered readers"),
            shown(found.provision_all), shown(found.provision_core),
        ),
        Indicator(
            _("Renewal of the fund"), _("copies received this year ÷ copies in the fund today × 100"),
            shown(found.renewal), unit="%",
        ),
        Indicator(
            _("Coverage"), _("readers who came this year ÷ registered readers × 100"), shown(found.coverage), unit="%"
        ),
    ]  # fmt: skip


def _day_chart(node: Organization, today: date) -> charts.Columns:
    days = queries.loans_by_day(node, today)
    return charts.columns(
        [
            charts.Group(
                format_date(day.on, format="d MMMM", locale=get_language() or "kk"),
                (day.core, day.textbooks),
                _address(Measure.LOANS, node, Period(day.on, day.on)),
                tick=date_format(day.on, "j.m") if number % 5 == 4 else "",
            )
            for number, day in enumerate(days)
        ]
    )


def _grade_chart(node: Organization, year: Period) -> charts.Columns:
    categories = dict(Category.choices)
    groups = []
    for one in queries.loans_by_grade(node, year):
        if one.code.isdigit():
            label = _("Grade %(grade)s") % {"grade": one.code}
            tick, more = one.code, {"grade": one.code}
        else:
            label = tick = str(categories.get(one.code, one.code))
            more = {"grade": "none", "category": one.code}
        groups.append(charts.Group(label, (one.core, one.textbooks), _address(Measure.LOANS, node, year, **more), tick))
    return charts.columns(groups)


def language_name(code: str) -> str:
    """The name of a language of editions in the language in force."""
    return catalog_languages.language_name(code) if code else _("Not stated")


def _edition_charts(node: Organization, year: Period) -> tuple[list[charts.Line], list[charts.Line]]:
    kinds, languages = queries.loans_by_edition(node, year)
    kind_names = dict(RecordKind.choices)
    return (
        charts.lines(
            [
                charts.Group(
                    str(kind_names.get(one.code, one.code)), (one.core, one.textbooks),
                    _address(Measure.LOANS, node, year, kind=one.code),
                )
                for one in kinds
            ]
        ),
        charts.lines(
            [
                charts.Group(
                    language_name(one.code), (one.core, one.textbooks),
                    _address(Measure.LOANS, node, year, language=one.code or "none"),
                )
                for one in languages
            ]
        ),
    )  # fmt: skip


def tabs_of(library: Organization, here: str) -> list[dict[str, Any]]:
    """The sister pages of a library: figures, diary, annual report."""
    asked = f"?{urlencode({'library': library.code})}"
    figures = f"{reverse('monitoring:dashboard')}?{urlencode({'node': library.code})}"
    return [
        {"label": _("Figures"), "url": figures, "active": here == "figures"},
        {"label": _("Library diary"), "url": reverse("monitoring:diary") + asked, "active": here == "diary"},
        {"label": _("Annual report"), "url": reverse("monitoring:annual") + asked, "active": here == "annual"},
    ]


@page(Permission.NUMBERS_VIEW)
def dashboard(request: Request) -> HttpResponse:
    """Figures of a library, or of a part of the network with a line for each node below."""
    today = clock.today()
    periods = Periods.of(today)
    node = _node(request)
    reach = request.actor.reach(Permission.NUMBERS_VIEW)
    by_library = queries.figures_by_library(node, today)
    figures = queries.total(by_library.values())
    lines, libraries = queries.lines_below(node, by_library)
    kinds, languages = _edition_charts(node, periods.year)
    above = [one for one in organizations.lineage(node) if reach.covers(one.path)]
    context = {
        "node": node,
        "today": today,
        "year": periods.year,
        "libraries": libraries,
        "crumbs": [
            {"label": one.name, "url": f"{reverse('monitoring:dashboard')}?node={one.code}"} for one in above[:-1]
        ],
        "books": tabs_of(node, "figures") if node.is_library else [],
        "is_quiet": not figures.loans("year") and not figures.copies and not figures.readers,
        "now": _now(node, figures, today),
        "movements": [
            {
                "id": "day",
                "title": _("Today, %(day)s") % {"day": _in_words(today)},
                "before": _("same day last year"),
                "figures": _movement(node, figures, periods, "day"),
            },
            {
                "id": "year",
                "title": _("This year, since 1 January"),
                "before": _("same days last year"),
                "figures": _movement(node, figures, periods, "year"),
            },
        ],
        "fund": _fund(node, figures),
        "indicators": _indicators(figures, queries.working_days(node, periods.year)),
        "by_day": _day_chart(node, today),
        "by_grade": _grade_chart(node, periods.year),
        "by_kind": kinds,
        "by_language": languages,
        "lines": [_child_line(line, periods) for line in lines],
    }
    return render(request, "monitoring/dashboard.html", context)


def _child_line(line: queries.NodeLine, periods: Periods) -> dict[str, Any]:
    node, figures = line.node, line.figures
    cells: list[tuple[int, str]] = [
        (figures.visits["year"], _address(Measure.VISITS, node, periods.year)),
        (figures.core_loans["year"], _address(Measure.LOANS, node, periods.year, fund=FundType.CORE.value)),
        (figures.textbook_loans["year"], _address(Measure.LOANS, node, periods.year, fund=FundType.TEXTBOOK.value)),
        (figures.readers, _address(Measure.READERS, node, periods.day)),
        (figures.copies, _address(Measure.COPIES, node)),
        (figures.overdue, _address(Measure.OVERDUE, node, periods.day)),
    ]
    return {
        "name": node.name,
        "url": f"{reverse('monitoring:dashboard')}?node={node.code}",
        "libraries": "" if node.is_library else line.libraries,
        "cells": [{"value": _written(number), "url": url} for number, url in cells],
    }


# The lists

_MOMENT = {
    Measure.READERS, Measure.OVERDUE, Measure.ON_LOAN, Measure.COPIES, Measure.HOLDS, Measure.HOLD_SHELF,
    Measure.FUND_AT,
}  # fmt: skip
"""Lists of a moment: the days of a period say nothing about them, or only the last one does."""
_ENTRIES = {Measure.FUND_IN, Measure.FUND_OUT, Measure.FUND_AT}
_BY_CLASS = frozenset(Measure) - {
    Measure.COPIES, Measure.RECEIVED, Measure.HOLDS, Measure.HOLD_SHELF, Measure.EVENTS, Measure.REFERENCES, *_ENTRIES,
}  # fmt: skip
_BY_EDITION = frozenset(Measure) - {
    Measure.VISITS, Measure.READERS, Measure.NEW_READERS, Measure.ACTIVE, Measure.LEFT, Measure.EVENTS,
}  # fmt: skip
_BY_FUND = _BY_EDITION - {Measure.HOLDS, Measure.HOLD_SHELF, Measure.EVENTS, Measure.REFERENCES, Measure.LEFT}


_BY_COLUMN = {Measure.LOANS, Measure.LENDINGS, Measure.RENEWALS, *_ENTRIES}
_COLUMNS = {column.code: column.name for column in KIND_COLUMNS}


def _day(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return default


def _filters(asked: Mapping[str, str], today: date, measure: Measure) -> Filters:
    """What the address asks for; what is unreadable, or says nothing about the measure, is passed over."""
    first = _day(asked.get("since", ""), today.replace(month=1, day=1))
    last = _day(asked.get("until", ""), today)
    grade = asked.get("grade", "").strip()
    fund, kind, category = asked.get("fund", ""), asked.get("kind", ""), asked.get("category", "")
    language = asked.get("language", "").strip()[:3] if asked.get("language") != "none" else "none"
    by_class, by_edition, by_column = measure in _BY_CLASS, measure in _BY_EDITION, measure in _BY_COLUMN
    return Filters(
        Period(min(first, last), last),
        fund=fund if fund in FundType.values and measure in _BY_FUND else "",
        grade=int(grade) if by_class and grade.isascii() and grade.isdigit() and len(grade) < 3 else None,
        without_class=by_class and grade == "none",
        category=category if by_class and category in Category.values else "",
        kind=kind if by_edition and kind in _kinds(measure) else "",
        language=None if not by_edition or not language else "" if language == "none" else language,
        group=_one_of(asked.get("group", ""), Group.values if by_class else ()),
        content=_one_of(asked.get("content", ""), _contents(last) if by_column and asked.get("content") else ()),
        kind_column=_one_of(asked.get("column", ""), _COLUMNS if by_column else ()),
        language_group=_one_of(asked.get("spoken", ""), LanguageGroup.values if by_column else ()),
    )


def _one_of(value: str, choices: Iterable[str]) -> str:
    return value if value in choices else ""


def _kinds(measure: Measure) -> list[str]:
    return ReferenceKind.values if measure == Measure.REFERENCES else RecordKind.values


def _contents(day: date) -> dict[str, str]:
    try:
        return {group.code: group.name for group in content_groups(pack_on("fund", day))}
    except RulePack.DoesNotExist:  # a day before there were rules
        return {}


def _chips(request: Request, filters: Filters, measure: Measure) -> list[dict[str, str]]:
    """The filters in force, each with the address of the list without it."""
    found = []
    labels: list[tuple[tuple[str, ...], str]] = []
    if filters.fund:
        labels.append((("fund",), str(FundType(filters.fund).label)))
    if filters.grade is not None:
        labels.append((("grade",), _("Grade %(grade)s") % {"grade": filters.grade}))
    if filters.without_class:
        labels.append((("grade",), _("Without a class")))
    if filters.category:
        labels.append((("category",), str(Category(filters.category).label)))
    if filters.kind:
        kinds = ReferenceKind if measure == Measure.REFERENCES else RecordKind
        labels.append((("kind",), str(kinds(filters.kind).label)))
    if filters.group:
        labels.append((("group",), str(Group(filters.group).label)))
    if filters.content:
        labels.append((("content",), _contents(filters.period.last)[filters.content]))
    if filters.kind_column:
        labels.append((("column",), str(_COLUMNS[filters.kind_column])))
    if filters.language_group:
        labels.append((("spoken",), str(LanguageGroup(filters.language_group).label)))
    if filters.language is not None:
        labels.append((("language",), language_name(filters.language)))
    for names, label in labels:
        kept = request.GET.copy()
        for name in (*names, "cursor"):
            kept.pop(name, None)
        found.append({"label": label, "url": f"?{kept.urlencode()}"})
    return found


@page(Permission.NUMBERS_VIEW)
def records(request: Request, measure: str) -> HttpResponse:
    """The records behind a figure, with the same filters; sent as a form it gives them as CSV or XLSX."""
    if measure not in Measure.values:
        raise NotFound
    figure = Measure(measure)
    today = clock.today()
    node = _node(request)
    filters = _filters(request.GET, today, figure)
    sizes = {part: queries.size_of(queries.records(figure, node, filters, part)) for part in queries.parts_of(figure)}
    part = _part(request, sizes)
    found = queries.records(figure, node, filters, part)
    with_names = request.actor.may(Permission.PEOPLE_VIEW, node.path)
    columns = lists.columns_of(figure, with_names=with_names, with_library=not node.is_library, part=part)
    if request.method == "POST":
        return _download(request, figure, node, columns, found)
    rows, following = paginate(found, request.GET.get("cursor"), PAGE, descending=True)
    total = sum(sizes.values())
    context = {
        "node": node,
        "measure": figure,
        "filters": filters,
        "first": _in_words(filters.period.first),
        "last": _in_words(filters.period.last),
        "is_moment": figure in _MOMENT,
        "columns": columns,
        "lines": [
            [
                (cell, column.label, column.is_number, isinstance(cell, date))
                for cell, column in zip(cells, columns, strict=True)
            ]
            for cells in lists.lines(columns, rows)
        ],
        "total": total,
        "parts": _part_tabs(request, part, sizes),
        "next": following,
        "chips": _chips(request, filters, figure),
        "with_names": with_names,
        "names_hidden": not with_names and any(column.is_personal for column in lists.COLUMNS[figure]),
        "crumbs": [
            {"label": _("Numbers"), "url": reverse("monitoring:dashboard")},
            {"label": node.name, "url": f"{reverse('monitoring:dashboard')}?node={node.code}"},
        ],
        "query": request.GET.urlencode(),
        "presets": _presets(request, today, figure),
    }
    return render(request, "monitoring/records.html", context)


def _part(request: Request, sizes: Mapping[Part, int]) -> Part:
    """The part asked for, else the first that has something."""
    asked = request.GET.get("part", "")
    if asked in Part.values and Part(asked) in sizes:
        return Part(asked)
    return next((part for part, size in sizes.items() if size), Part.COPIES)


def _part_tabs(request: Request, here: Part, sizes: Mapping[Part, int]) -> list[dict[str, Any]]:
    if len(sizes) == 1:
        return []
    tabs = []
    for part, size in sizes.items():
        kept = request.GET.copy()
        kept.pop("cursor", None)
        kept["part"] = part.value
        tabs.append({"label": part.label, "url": f"?{kept.urlencode()}", "active": part == here, "count": size})
    return tabs


_PRESETS = (gettext_noop("Today"), gettext_noop("Last 7 days"), gettext_noop("This month"), gettext_noop("This year"))


def _presets(request: Request, today: date, measure: Measure) -> list[dict[str, Any]]:
    """Usual periods as links."""
    if measure in _MOMENT:
        return []
    firsts = (today, today - timedelta(days=6), today.replace(day=1), today.replace(month=1, day=1))
    found = []
    for label, first in zip(_PRESETS, firsts, strict=True):
        kept = request.GET.copy()
        kept.pop("cursor", None)
        kept["since"], kept["until"] = first.isoformat(), today.isoformat()
        active = request.GET.get("since") == kept["since"] and request.GET.get("until") == kept["until"]
        found.append({"label": _(label), "url": f"?{kept.urlencode()}", "active": active})
    return found


def _download(
    request: Request, measure: Measure, node: Organization, columns: list[lists.Column], found: Any
) -> HttpResponse:
    rows = found[: lists.MOST_ROWS]
    number = min(found.count(), lists.MOST_ROWS)
    services.note_export(actor=request.actor, node=node, measure=measure, number=number, at=clock.now())
    name = f"{measure.value}-{node.code}"
    if request.POST.get("format") == "xlsx":
        content = lists.as_xlsx(str(measure.label), columns, rows.iterator(chunk_size=2000))
        kind, extension = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
    else:
        content = lists.as_csv(columns, rows.iterator(chunk_size=2000))
        kind, extension = "text/csv; charset=utf-8", "csv"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{extension}"'
    return response
