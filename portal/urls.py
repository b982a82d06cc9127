"""Every route of the product on one screen."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

import applications.urls
import clauses.urls
import payouts.urls
import portal.accounts.urls
import portal.ledger.urls
import portal.pages.urls
import review.urls
from portal.kernel.gate import public
from portal.pages.views.public import not_offered

api_patterns = [
    *portal.accounts.urls.api_patterns,
    *clauses.urls.api_patterns,
    *applications.urls.api_patterns,
    *review.urls.api_patterns,
    *payouts.urls.api_patterns,
    *portal.pages.urls.api_patterns,
]

handler404 = "portal.pages.views.public.not_found"
handler500 = "portal.pages.views.public.failed"

urlpatterns = [
    path("", include(portal.pages.urls)),
    path("", include(portal.accounts.urls)),
    path("", include(portal.ledger.urls)),
    path("", include(clauses.urls)),
    path("", include(applications.urls)),
    path("", include(review.urls)),
    path("", include(payouts.urls)),
    path("account/signup/", public(RedirectView.as_view(pattern_name="register")), name="account_signup"),
    re_path(
        r"^account/(email|confirm-email|password/set|password/reset|login/code|inactive)", public(not_offered)
    ),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include((api_patterns, "api"))),
    path("api/schema/", public(SpectacularAPIView.as_view()), name="schema"),
    path("api/docs/", public(SpectacularSwaggerView.as_view(url_name="schema")), name="api_docs"),
]
