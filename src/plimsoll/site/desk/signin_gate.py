"""What stands before every page: the first visit before set-up, and the second factor where a role asks for one."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.setup import is_set_up

ALWAYS_OPEN = ("/static/", "/livez", "/readyz", "/favicon")
MUST_SET_UP_TOTP = "must_set_up_totp"


class Gate:
    """Costs a signed-in request nothing: it reads the session, which is read anyway. One small query for strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path
        if path.startswith(ALWAYS_OPEN):
            return self.get_response(request)
        if SESSION_KEY not in request.session:
            # a program brings its token and no session; there is none before set-up
            if "Authorization" not in request.headers and not path.startswith("/setup/") and not is_set_up():
                return HttpResponseRedirect(reverse("setup"))
        elif MUST_SET_UP_TOTP in request.session and not path.startswith("/accounts/"):
            if not is_mfa_enabled(request.user):
                return self._first_a_second_factor(path)
            del request.session[MUST_SET_UP_TOTP]
        return self.get_response(request)

    def _first_a_second_factor(self, path: str) -> HttpResponse:
        if path.startswith("/api/"):
            return JsonResponse({"title": _("Set up the second factor first."), "status": 403}, status=403, content_type="application/problem+json")
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
