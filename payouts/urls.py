"""Addresses of payments: the applicant's dues, the finance desk's batches, and both for programs."""

from django.urls import URLPattern, path

from payouts import api, views

urlpatterns: list[URLPattern] = [
    path("payouts/", views.dues, name="dues"),
    path("payouts/<str:number>/account/", views.payee_account, name="payee_account"),
    path("desk/batches/", views.batches, name="batches"),
    path("desk/batches/new/", views.batch_new, name="batch_new"),
    path("desk/batches/<str:number>/", views.batch, name="batch"),
    path("desk/batches/<str:number>/payments/", views.batch_add, name="batch_add"),
    path("desk/batches/<str:number>/payments/<str:claim>/remove/", views.batch_remove, name="batch_remove"),
    path("desk/batches/<str:number>/submit/", views.batch_submit, name="batch_submit"),
    path("desk/batches/<str:number>/cancel/", views.batch_cancel, name="batch_cancel"),
    path("desk/batches/<str:number>/send-back/", views.batch_send_back, name="batch_send_back"),
    path("desk/batches/<str:number>/release/", views.batch_release, name="batch_release"),
    path("desk/batches/<str:number>/results/<str:claim>/", views.batch_result, name="batch_result"),
    path("desk/batches/<str:number>/settle/", views.batch_settle, name="batch_settle"),
    path("desk/batches/<str:number>/papers/", views.batch_papers, name="batch_papers"),
    path("desk/batches/<str:number>/exports/", views.batch_export, name="batch_export"),
]
api_patterns: list[URLPattern] = [
    path("dues/", api.dues, name="api_dues"),
    path("dues/<str:number>/account/", api.account, name="api_payee_account"),
    path("payable/", api.payable, name="api_payable"),
    path("batches/", api.batches, name="api_batches"),
    path("batches/<str:number>/", api.batch, name="api_batch"),
    path("batches/<str:number>/payments/", api.add, name="api_batch_payments"),
    path("batches/<str:number>/payments/<str:claim>/", api.remove, name="api_batch_payment"),
    path("batches/<str:number>/submit/", api.submit, name="api_batch_submit"),
    path("batches/<str:number>/send-back/", api.send_back, name="api_batch_send_back"),
    path("batches/<str:number>/release/", api.release, name="api_batch_release"),
    path("batches/<str:number>/cancel/", api.cancel, name="api_batch_cancel"),
    path("batches/<str:number>/settle/", api.settle, name="api_batch_settle"),
    path("batches/<str:number>/results/", api.results, name="api_batch_results"),
    path("batches/<str:number>/exports/", api.export, name="api_batch_export"),
]
