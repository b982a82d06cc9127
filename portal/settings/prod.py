"""Production. Every secret comes from the environment; the clock is the wall's."""

import os

from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *  # noqa: F403  settings are inherited whole
from portal.settings.base import env


def required(name: str, meaning: str) -> str:
    """The environment variable `name`; ImproperlyConfigured names it and says what it is for."""
    if not os.environ.get(name):
        raise ImproperlyConfigured(f"{name} is not set: {meaning}. Type: export {name}=…")
    return os.environ[name]


SECRET_KEY = required("PORTAL_SECRET_KEY", "Django's signing key, 50 random characters")
EVENT_KEY = required("PORTAL_EVENT_KEY", "key of the event chain, kept outside the database")
FIELD_KEY = required("PORTAL_FIELD_KEY", "key of encrypted fields such as bank accounts")
required("DATABASE_URL", "PostgreSQL 15 or newer, postgres://user:password@host/name")
required("REDIS_URL", "Redis 7 or newer, redis://host:6379/0")
DEBUG = False
ALLOWED_HOSTS = env.list("PORTAL_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("PORTAL_ORIGINS", default=[])
if os.environ.get("PORTAL_BUSINESS_DATE"):
    raise ImproperlyConfigured("PORTAL_BUSINESS_DATE pins the clock and is refused in production: unset it")
CLOCK_MOVABLE = False
DEMONSTRATION = False
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = env.bool("PORTAL_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("PORTAL_HSTS_SECONDS", default=3600)
