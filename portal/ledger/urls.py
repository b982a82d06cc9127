"""Routes of the budget pages."""

from django.urls import URLPattern, path

from portal.ledger import views

urlpatterns = [
    path("desk/budget/", views.budget, name="budget"),
    path("desk/budget/new/", views.budget_new, name="budget_new"),
    path("desk/budget/<int:pk>/", views.budget_line, name="budget_line"),
]
api_patterns: list[URLPattern] = []
