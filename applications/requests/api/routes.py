"""Addresses below /api/v1/ of requests and referrals."""

from django.urls import URLPattern, path

from applications.requests.api import desk, filing

api_patterns: list[URLPattern] = [
    path("requests/", filing.requests, name="api_requests"),
    path("requests/<str:number>/", filing.request_read, name="api_request"),
    path("requests/<str:number>/files/", filing.request_files, name="api_request_files"),
    path("requests/<str:number>/follow-up/", filing.request_follow_up, name="api_request_follow_up"),
    path("requests/<str:number>/rate/", filing.request_rate, name="api_request_rate"),
    path("requests/<str:number>/withdraw/", filing.request_withdraw, name="api_request_withdraw"),
    path("desk/requests/", desk.desk_requests, name="api_desk_requests"),
    path("desk/requests/<str:number>/", desk.desk_read, name="api_desk_request"),
    path("desk/requests/<str:number>/answer/", desk.desk_answer, name="api_desk_request_answer"),
    path("desk/requests/<str:number>/pass-on/", desk.desk_pass_on, name="api_desk_request_pass_on"),
    path("desk/requests/<str:number>/hand-over/", desk.desk_hand_over, name="api_desk_request_hand_over"),
    path("desk/requests/<str:number>/decline/", desk.desk_decline, name="api_desk_request_decline"),
    path("desk/requests/<str:number>/result/", desk.desk_result, name="api_desk_request_result"),
]
