"""Tests: strict templates, fast hashing, a real database and a real Redis."""

from portal.settings.base import *  # noqa: F403  settings are inherited whole
from portal.settings.base import REST_FRAMEWORK, STATE_DIR, STATIC_ROOT, TEMPLATES

DEBUG = False
SECRET_KEY = "test-secret-key-of-sufficient-length-000000000000"
EVENT_KEY = "test-event-key"
FIELD_KEY = "test-field-key"
ALLOWED_HOSTS = ["*"]
CLOCK_MOVABLE = True
DEMONSTRATION = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "‼undefined:%s‼"
AXES_ENABLED = False
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
EVENT_HEADS_FILE = STATE_DIR / "test-event-heads.log"
REST_FRAMEWORK["TEST_REQUEST_DEFAULT_FORMAT"] = "json"
WHITENOISE_AUTOREFRESH = True
