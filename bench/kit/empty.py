"""Django's own empty view, under the same server: `granian kit.empty:application`."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="an empty view signs nothing")
urlpatterns = [re_path("", lambda request: empty(request))]


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


application = get_wsgi_application()
