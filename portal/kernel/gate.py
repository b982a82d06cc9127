"""Who may open a page: views name a predicate, everything else is shut by LoginRequiredMiddleware."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from portal.kernel.permissions import Predicate, require

View = Callable[..., HttpResponse]


def only(rule: Predicate) -> Callable[[View], View]:
    """Open a view to actors of `rule`; Forbidden otherwise. The services check again."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(rule, request.user, None)
            return view(request, *args, **kwargs)

        return guarded

    return wrap


public = login_not_required
