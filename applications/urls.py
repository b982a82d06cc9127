"""Addresses of the filing side. The desk's routes come from its own module."""

from django.urls import URLPattern, path

from applications.api.routes import api_patterns as claim_patterns
from applications.requests.api.routes import api_patterns as request_patterns
from applications.requests.urls import urlpatterns as request_urls
from applications.views import claims, costs, imports, intake, projects, uploads

api_patterns: list[URLPattern] = [*claim_patterns, *request_patterns]

urlpatterns: list[URLPattern] = [
    path("projects/", projects.project_list, name="projects"),
    path("projects/new/", projects.new, name="project_new"),
    path("projects/<int:pk>/", projects.show, name="project"),
    path("projects/<int:pk>/edit/", projects.edit, name="project_edit"),
    path("projects/<int:pk>/costs/new/", costs.new, name="cost_new"),
    path("costs/<int:pk>/", costs.edit, name="cost_edit"),
    path("costs/<int:pk>/remove/", costs.remove, name="cost_remove"),
    path("claims/", claims.claim_list, name="claims"),
    path("claims/start/", claims.start, name="claim_start"),
    path("claims/<str:number>/", claims.show, name="claim"),
    path("claims/<str:number>/overview/", claims.overview, name="claim_overview"),
    path("claims/<str:number>/costs/", claims.choose_costs, name="claim_costs"),
    path("claims/<str:number>/costs/<int:pk>/use/", claims.choose_holder, name="claim_choose_holder"),
    path("claims/<str:number>/public-money/", claims.public_money, name="claim_public_money"),
    path("claims/<str:number>/papers/", uploads.papers, name="claim_papers"),
    path("claims/<str:number>/autosave/<str:section>/", claims.autosave, name="claim_autosave"),
    path("claims/<str:number>/check/", claims.check, name="claim_check"),
    path("claims/<str:number>/submitted/", claims.submitted, name="claim_submitted"),
    path("claims/<str:number>/receipt/", claims.receipt, name="claim_receipt"),
    path("claims/<str:number>/content/", claims.content, name="claim_content"),
    path("claims/<str:number>/withdraw/", claims.withdraw, name="claim_withdraw"),
    path("claims/<str:number>/discard/", claims.discard, name="claim_discard"),
    path("attachments/<int:pk>/", uploads.attachment, name="attachment"),
    path("attachments/<int:pk>/remove/", uploads.remove, name="attachment_remove"),
    *imports.urlpatterns,
    *intake.urlpatterns,
    *request_urls,
]
