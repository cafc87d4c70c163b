"""`/livez` and `/readyz`: for whoever watches the processes. No sign-in, no secrets, no names."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from plimsoll.kernel.lib.text import canonical
from plimsoll.site.serving.health import answers


def _lines(lines: dict[str, str], status: int) -> HttpResponse:
    """A JSON object with a line for each question, so that a person reads it as well as a program."""
    body = ",\n".join(f"  {canonical(name)}: {canonical(value)}" for name, value in lines.items())
    return HttpResponse(f"{{\n{body}\n}}\n", status=status, content_type="application/json", headers={"Cache-Control": "no-store"})


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """200 when this process answers; asks nothing else, so that a slow database never gets a live process killed."""
    return _lines({"status": "alive"}, 200)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when everything that work needs is in order, else 503; a line for each question."""
    found = answers()
    is_ready = all(answer.is_well for answer in found)
    return _lines({"status": "ready" if is_ready else "not ready", **{answer.name: answer.sentence for answer in found}}, 200 if is_ready else 503)
