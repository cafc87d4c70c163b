"""Signing in as one of the invented people of the demonstration, without a password. In a real organisation the address does not exist."""

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.text import whole
from plimsoll.site.demonstration.loading import people_to_be


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """`/demo/sign-in/`: POST `person`. 404 unless the system holds nothing but the demonstration and that person is of its cast."""
    wanted = whole(request.POST.get("person", ""))
    tenant = Tenant.objects.filter(is_demonstration=True).first()
    if tenant is None or Tenant.objects.filter(is_demonstration=False).exists() or wanted is None:
        raise Http404
    person = next((p for p, _what in people_to_be(tenant) if p.pk == wanted), None)
    if person is None:
        raise Http404
    get_adapter(request).login(request, Person.objects.select_related("tenant", "organization").get(pk=person.pk))
    going = request.POST.get("next", "")
    return HttpResponseRedirect(going if url_has_allowed_host_and_scheme(going, {request.get_host()}) else "/")
