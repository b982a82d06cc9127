"""Routes of people and organisations."""

from django.urls import path

from portal.accounts import api, views

urlpatterns = [
    path("register/", views.register, name="register"),
    path("organisation/", views.organisation, name="organisation"),
    path("organisation/members/new/", views.member_new, name="member_new"),
    path("organisation/members/<int:pk>/password/", views.member_password, name="member_password"),
    path("organisation/members/<int:pk>/active/", views.member_active, name="member_active"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
    path("desk/certifications/", views.certifications, name="certifications"),
    path("desk/certifications/<int:pk>/", views.certification, name="certification"),
    path("desk/staff/", views.staff, name="staff"),
    path("desk/staff/new/", views.staff_new, name="staff_new"),
    path("desk/staff/<int:pk>/", views.staff_member, name="staff_member"),
    path("desk/staff/<int:pk>/password/", views.staff_password, name="staff_password"),
    path("desk/staff/<int:pk>/active/", views.staff_active, name="staff_active"),
]
api_patterns = [path("me/", api.me, name="api_me")]
