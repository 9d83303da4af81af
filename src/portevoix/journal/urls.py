"""The journal's addresses."""

from django.urls import path

from portevoix.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.home, name="home"),
    path("<str:week>/", views.edition, name="week"),
    path("<str:week>/<slug:department>/", views.edition, name="department"),
]
