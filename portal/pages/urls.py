"""Routes of pages that join apps."""

from django.urls import path, re_path

from portal.pages import api
from portal.pages.views import files, guide, home, public, records, settings

api_patterns = [
    path("setting-changes/preview/", api.setting_preview, name="api_setting_preview"),
]
urlpatterns = [
    path("", public.welcome, name="welcome"),
    path("help/", public.help_page, name="help"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("components/", public.gallery, name="gallery"),
    path("verify/", public.verify, name="verify"),
    re_path(
        r"^verify/(?P<number>[A-Z]{2,5}-\d{4}-\d+)-(?P<code>[2-9a-z]{12})/$",
        public.verify_paper,
        name="verify_paper",
    ),
    path("healthz", public.healthz, name="healthz"),
    path("readyz", public.readyz, name="readyz"),
    path("policies/<slug:pack>/items/<str:code>/guide/", guide.guide, name="guide"),
    path("policies/<slug:pack>/items/<str:code>/guide.pdf", guide.guide_pdf, name="guide_pdf"),
    path("home/", home.home, name="home"),
    path("clock/", home.move_clock, name="move_clock"),
    path("files/", files.files, name="files"),
    path("files/<str:number>/", files.file, name="file"),
    path("files/<str:number>/recompute/", files.recompute, name="recompute"),
    path("documents/<str:number>/", files.document, name="document"),
    path("events/", records.events, name="events"),
    path("events/check/", records.events_check, name="events_check"),
    path("desk/settings/changes/<int:pk>/", settings.setting_change, name="setting_change"),
    path("desk/settings/<slug:pack>/<str:name>/", settings.setting, name="setting"),
]
