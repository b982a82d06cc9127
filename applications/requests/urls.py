"""Addresses of requests and referrals."""

from django.urls import URLPattern, path

from applications.requests.views import desk, filing, shown

urlpatterns: list[URLPattern] = [
    path("requests/", filing.request_list, name="requests"),
    path("requests/new/", filing.request_new, name="request_new"),
    path("requests/<str:number>/", filing.request_page, name="request"),
    path("requests/<str:number>/follow-up/", filing.request_follow_up, name="request_follow_up"),
    path("requests/<str:number>/rate/", filing.request_rate, name="request_rate"),
    path("requests/<str:number>/files/", filing.request_files, name="request_files"),
    path("requests/<str:number>/withdraw/", filing.request_withdraw, name="request_withdraw"),
    path("request-files/<int:pk>/", shown.request_file, name="request_file"),
    path("desk/requests/", desk.request_desk, name="request_desk"),
    path("desk/requests/<str:number>/", desk.request_desk_file, name="request_desk_file"),
    path("desk/requests/<str:number>/answer/", desk.request_answer, name="request_answer"),
    path("desk/requests/<str:number>/pass-on/", desk.request_pass_on, name="request_pass_on"),
    path("desk/requests/<str:number>/hand-over/", desk.request_hand_over, name="request_hand_over"),
    path("desk/requests/<str:number>/decline/", desk.request_decline, name="request_decline"),
    path("desk/requests/<str:number>/result/", desk.request_result, name="request_result"),
]
