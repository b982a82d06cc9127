"""Addresses of the review desks, the experts' desk, the public notices and their interfaces."""

from django.urls import path

from review import api
from review.views import cases, decisions, experts, notices, opinions, verification

urlpatterns = [
    path("desk/cases/", cases.case_list, name="cases"),
    path("desk/cases/<str:number>/", cases.case, name="case"),
    path("desk/cases/<str:number>/open/", cases.case_open, name="case_open"),
    path("desk/cases/<str:number>/experts/", cases.case_experts, name="case_experts"),
    path("desk/cases/<str:number>/costs/", verification.costs, name="case_costs"),
    path("desk/cases/<str:number>/costs/rest/", verification.rest, name="case_costs_rest"),
    path("desk/cases/<str:number>/findings/", verification.findings, name="case_findings"),
    path("desk/cases/<str:number>/costs/<int:pk>/collision/", verification.collision, name="case_collision"),
    path("desk/cases/<str:number>/propose/", cases.case_propose, name="case_propose"),
    path("desk/cases/<str:number>/reject/", cases.case_reject, name="case_reject"),
    path("desk/opinions/", opinions.opinion_list, name="opinions"),
    path("desk/opinions/<str:number>/", opinions.opinion, name="opinion"),
    path("desk/approvals/", decisions.approvals, name="approvals"),
    path("desk/approvals/<str:number>/", decisions.approval, name="approval"),
    path("desk/notices/", notices.notice_desk, name="notice_desk"),
    path("desk/assignments/", experts.assignment_list, name="assignments"),
    path("desk/assignments/<int:pk>/", experts.assignment, name="assignment"),
    path("desk/assignments/<int:pk>/sign/", experts.assignment_sign, name="assignment_sign"),
    path("desk/assignments/<int:pk>/marks/", experts.marks, name="assignment_marks"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/<str:number>/", notices.notice, name="notice"),
    path("notices/<str:number>/pdf/", notices.notice_pdf, name="notice_pdf"),
]

api_patterns = [
    path("notices/", api.notices, name="api_notices"),
    path("notices/<str:number>/", api.notice, name="api_notice"),
    path("claims/<str:number>/review/", api.claim_review, name="api_claim_review"),
]
