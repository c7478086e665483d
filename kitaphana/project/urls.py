"""Every address of the site. Names outsiders rely on are listed in the design."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from kitaphana.api.urls import api
from kitaphana.core.web import errors, health
from kitaphana.core.web.design import design, design_paper, design_suggestions
from kitaphana.core.web.language import set_language
from kitaphana.core.web.preferences import change_preferences
from kitaphana.people import account

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kitaphana.portal.urls")),
    path("", include("kitaphana.protocols.urls")),
    path("terminals/", include("kitaphana.protocols.sip2.urls")),
    path("copy/", include("kitaphana.copycat.urls")),
    path("harvest/", include("kitaphana.protocols.harvest.urls")),
    path("quality/", include("kitaphana.quality.urls")),
    path("authorities/", include("kitaphana.authorities.urls")),
    path("catalog/", include("kitaphana.catalog.urls")),
    path("desk/", include("kitaphana.circulation.urls")),
    path("fund/stocktaking/", include("kitaphana.stocktaking.urls")),
    path("serials/", include("kitaphana.serials.urls")),
    path("fund/weeding/", include("kitaphana.weeding.urls")),
    path("fund/", include("kitaphana.fund.urls")),
    path("textbooks/sets/", include("kitaphana.curriculum.urls")),
    path("textbooks/", include("kitaphana.textbooks.urls")),
    path("curriculum/works/", include("kitaphana.curriculum.reading_urls")),
    path("lists/", include("kitaphana.corelist.urls")),
    path("renewal/", include("kitaphana.renewal.urls")),
    path("purchases/", include("kitaphana.acquisitions.urls")),
    path("give/", include("kitaphana.campaigns.urls")),
    path("letters/", include("kitaphana.mailings.urls")),
    path("indicators/", include("kitaphana.indicators.urls")),
    path("reports/", include("kitaphana.reports.urls")),
    path("submissions/", include("kitaphana.submissions.urls")),
    path("roadmap/", include("kitaphana.roadmap.urls")),
    path("today/", include("kitaphana.workplaces.urls")),
    path("rules/", include("kitaphana.regulations.urls")),
    path("people/", include("kitaphana.people.urls")),
    path("network/", include("kitaphana.organizations.urls")),
    path("numbers/", include("kitaphana.monitoring.urls")),
    path("", include("kitaphana.core.urls")),
    path("sign-in/", account.sign_in, name="sign_in"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("password/", account.change_password, name="change_password"),
    path("start/", account.start, name="start"),
    path("workplace/", account.choose_workplace, name="choose_workplace"),
    path("language/", set_language, name="set_language"),
    path("preferences/", change_preferences, name="preferences"),
    path("design/", design, name="design"),
    path("design/paper/", design_paper, name="design_paper"),
    path("design/suggestions/", design_suggestions, name="design_suggestions"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", api.urls),
]
