"""Addresses of the policies, the calculator, the rounds and the desks that keep them."""

from django.urls import path

from clauses import api, views

urlpatterns = [
    path("policies/", views.policy_list, name="policy"),
    path("policies/schemas/<str:schema>", views.pack_schema, name="pack_schema"),
    path("policies/<slug:pack>/", views.policy_detail, name="policy_detail"),
    path("policies/<slug:pack>/text/", views.policy_text, name="policy_text"),
    path("policies/<slug:pack>/compare/<slug:other>/", views.policy_compare, name="policy_compare"),
    path("policies/<slug:pack>/clauses/<str:number>/", views.clause, name="clause"),
    path("policies/<slug:pack>/items/<str:code>/", views.item, name="item"),
    path("calculator/", views.calculator, name="calculator"),
    path("match/", views.match_items, name="match"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<str:number>/", views.round_detail, name="round"),
    path("desk/rounds/", views.round_desk, name="round_desk"),
    path("desk/settings/", views.settings_desk, name="settings"),
    path("desk/events/", views.listed_events, name="listed_events"),
]

api_patterns = [
    path("policies/", api.policies, name="policies"),
    path("policies/<slug:pack>/", api.policy, name="policy"),
    path("policies/<slug:pack>/compare/<slug:other>/", api.compared, name="compare"),
    path("policies/<slug:pack>/items/<str:code>/", api.item, name="item"),
    path("rounds/", api.rounds, name="rounds"),
    path("calculate/", api.calculate, name="calculate"),
    path("match/", api.match_items, name="match"),
    path("policies/<slug:pack>/settings/", api.settings, name="settings"),
    path("setting-changes/", api.setting_changes, name="api_setting_changes"),
    path("setting-changes/<int:pk>/", api.setting_change, name="api_setting_change"),
    path("setting-changes/<int:pk>/decide/", api.setting_decide, name="api_setting_decide"),
]
