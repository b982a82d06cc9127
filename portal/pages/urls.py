"""Routes of pages that join apps."""

from django.urls import path, re_path

from portal.pages import views

urlpatterns = [
    path("", views.welcome, name="welcome"),
]
