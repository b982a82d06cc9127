"""Addresses below /api/v1/ of projects, costs, claims, their papers, and the intake desk."""

from django.urls import URLPattern, path

from applications.api import claims, desk, imports, papers, projects

api_patterns: list[URLPattern] = [
    path("projects/", projects.projects, name="api_projects"),
    path("projects/<int:pk>/", projects.project, name="api_project"),
    path("projects/<int:pk>/costs/", projects.costs, name="api_project_costs"),
    path("projects/<int:pk>/costs/paste/", imports.paste, name="api_cost_paste"),
    path("projects/<int:pk>/costs/template/", imports.template, name="api_cost_template"),
    path("projects/<int:pk>/imports/", imports.imports, name="api_project_imports"),
    path("imports/<int:pk>/", imports.job, name="api_import"),
    path("imports/<int:pk>/faults/", imports.faults, name="api_import_faults"),
    path("costs/<int:pk>/", projects.cost, name="api_cost"),
    path("claims/", claims.claims, name="api_claims"),
    path("claims/<str:number>/", claims.claim, name="api_claim"),
    path("claims/<str:number>/overview/", claims.overview, name="api_claim_overview"),
    path("claims/<str:number>/public-money/", claims.public_money, name="api_claim_public_money"),
    path("claims/<str:number>/costs/", claims.costs, name="api_claim_costs"),
    path("claims/<str:number>/papers/", papers.papers, name="api_claim_papers"),
    path("claims/<str:number>/papers/<int:pk>/", papers.paper, name="api_claim_paper"),
    path("claims/<str:number>/submit/", claims.submit, name="api_claim_submit"),
    path("claims/<str:number>/withdraw/", claims.withdraw, name="api_claim_withdraw"),
    path("claims/<str:number>/discard/", claims.discard, name="api_claim_discard"),
    path("claims/<str:number>/choose-holder/", claims.choose_holder, name="api_claim_choose_holder"),
    path("desk/claims/<str:number>/signs/", desk.cost_signs, name="api_desk_signs"),
    path("desk/claims/<str:number>/accept/", desk.accept, name="api_desk_accept"),
    path("desk/claims/<str:number>/correct/", desk.correct, name="api_desk_correct"),
    path("desk/claims/<str:number>/refuse/", desk.refuse, name="api_desk_refuse"),
]
