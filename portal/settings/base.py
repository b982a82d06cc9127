"""Settings that hold everywhere. A missing variable says what to type."""

from pathlib import Path
from urllib.parse import unquote

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

STATE_DIR = Path(env("PORTAL_STATE_DIR", default=str(BASE_DIR / ".local" / "dev")))
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://portal@localhost/portal")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["HOST"] = unquote(DATABASES["default"].get("HOST") or "")
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")


def redis_database(number: int) -> str:
    """`REDIS_URL` with another database number; sockets carry it as a query, hosts as a path."""
    if REDIS_URL.startswith("unix://"):
        return f"{REDIS_URL.split('?')[0]}?db={number}"
    return f"{REDIS_URL.rsplit('/', 1)[0]}/{number}" if REDIS_URL.count("/") > 2 else f"{REDIS_URL}/{number}"


def broker_url() -> str:
    """Celery's spelling of `REDIS_URL`: a unix socket is `redis+socket://…?virtual_host=n` there."""
    if REDIS_URL.startswith("unix://"):
        return f"redis+socket://{REDIS_URL.removeprefix('unix://').split('?')[0]}?virtual_host=0"
    return REDIS_URL


DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
SITE_NAME = env("PORTAL_SITE_NAME", default="哈尔滨市政策兑现")
SITE_PHONE = env("PORTAL_SITE_PHONE", default="0451-0000 0000（演示）")
# The city whose organisations register: its name, the region in their credit codes, its districts and counties.
CITY = env("PORTAL_CITY", default="哈尔滨市")
REGION_PREFIX = env("PORTAL_REGION_PREFIX", default="2301")
DISTRICTS = env.list(
    "PORTAL_DISTRICTS",
    default=[
        "道里区", "道外区", "南岗区", "香坊区", "平房区", "松北区", "呼兰区", "阿城区", "双城区", "尚志市",
        "五常市", "依兰县", "方正县", "宾县", "巴彦县", "木兰县", "通河县", "延寿县",
    ],
)  # fmt: skip
SITE_URL = env("PORTAL_SITE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "portal.kernel",
    "portal.accounts",
    "portal.ledger",
    "clauses",
    "applications",
    "review",
    "payouts",
    "portal.pages",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.kernel.middleware.PlainAddressMiddleware",
    "portal.kernel.middleware.ClockMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.accounts.middleware.SecondFactorMiddleware",
    "portal.kernel.middleware.RefusalMiddleware",
    "portal.kernel.middleware.ReadOnlyGetMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.pages.context.frame",
            ],
            "builtins": ["portal.kernel.templatetags.pt"],
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "welcome"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,20/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
ANONYMOUS_USER_NAME = None
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_RESET_ON_SUCCESS = True

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.pages.views.public.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_database(1)},
}
CELERY_BROKER_URL = broker_url()
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULE = {
    "publish the head of the event chain": {
        "task": "kernel.publish_head",
        "schedule": crontab(hour=0, minute=5),
    },
    "render papers left pending": {"task": "kernel.render_pending", "schedule": crontab(minute="*/2")},
    "close public notices that ran their course": {
        "task": "review.close_due_notices",
        "schedule": crontab(minute="*/5"),
    },
    "lapse corrections past their limit": {
        "task": "applications.lapse_corrections",
        "schedule": crontab(minute="*/5"),
    },
    "go on with imports whose worker is gone": {
        "task": "applications.resume_imports",
        "schedule": crontab(minute="*/5"),
    },
    "close requests whose answer nobody spoke to": {
        "task": "applications.close_answered_requests",
        "schedule": crontab(hour=1, minute=15),
    },
}

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = STATE_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 1000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.kernel.rest.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "COERCE_DECIMAL_TO_STRING": True,
    "UNICODE_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} API",
    "DESCRIPTION": "申报、审核与拨付的接口。金额一律为以元为单位、两位小数的字符串。",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ClaimState": "applications.states.ClaimStates",
        "OrganisationState": "portal.accounts.states.OrganisationStates",
        "OrganisationKind": "portal.accounts.states.OrganisationKinds",
        "RoundState": "clauses.states.RoundStates",
        "ItemKind": "clauses.api.KINDS",
        "ImportKind": "applications.states.ImportKinds",
        "NoticeState": "review.states.NoticeStates",
        "PaymentState": "payouts.states.PaymentStates",
        "BatchState": "payouts.states.BatchStates",
        "RequestState": "applications.requests.states.RequestStates",
        "RequestKind": "applications.requests.states.RequestKinds",
        "PreviewOutcome": "portal.pages.impact.OUTCOME_CODES",
        "ReferralOutcome": "applications.requests.states.Outcomes",
    },
}

# What the house adds
CLOCK_MOVABLE = False
DEMONSTRATION = False
PACKS_DIR = BASE_DIR / "clauses" / "packs"
EVENT_HEADS_FILE = STATE_DIR / "event-heads.log"
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
UPLOADS_PER_CLAIM = 200

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"weasyprint": {"level": "ERROR"}, "fontTools": {"level": "WARNING"}},
}
