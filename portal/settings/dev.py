"""Development and the demonstration: real servers, a business date that can be moved."""

from portal.settings.base import *  # noqa: F403  settings are inherited whole
from portal.settings.base import STATE_DIR, env
from portal.settings.local_keys import local_key

DEBUG = env.bool("PORTAL_DEBUG", default=False)
SECRET_KEY = env("PORTAL_SECRET_KEY", default="") or local_key(STATE_DIR, "secret")
EVENT_KEY = env("PORTAL_EVENT_KEY", default="") or local_key(STATE_DIR, "event")
FIELD_KEY = env("PORTAL_FIELD_KEY", default="") or local_key(STATE_DIR, "field")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
CLOCK_MOVABLE = True
DEMONSTRATION = True
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
