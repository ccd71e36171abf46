"""The role's home and the two health checks."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from cryoclinic import health
from cryoclinic.roles import home_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Any member of staff: to where their work is."""
    return redirect(home_of(request.user))


def healthz(request: HttpRequest) -> HttpResponse:
    """Anybody: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Anybody: database, broker and worker answer; 503 and which of them does not.

    The notices beside them never make it 503: late mails are no reason to stop serving pages.
    """
    checks = health.check_all()
    ready = all(check == "ok" for check in checks.values())
    told = checks | health.notices(database=checks["database"])
    return JsonResponse(told, status=200 if ready else 503)
