"""All addresses of the site, included from each room."""

from django.urls import include, path

from portevoix.desk import views as desk

handler500 = "portevoix.web.views.error_pages.handle_failure"
urlpatterns = [
    path("", desk.home, name="home"),
    path("", include("portevoix.web.urls")),
    path("", include("portevoix.desk.urls")),
    path("journal/", include("portevoix.journal.urls")),
    path("barometer/", include("portevoix.barometer.urls")),
    path("settings/", include("portevoix.administration.urls")),
    path("form/", include("portevoix.public.urls")),
]
