"""The Barometer's addresses."""

from django.urls import path

from portevoix.barometer import views

app_name = "barometer"
urlpatterns = [
    path("", views.home, name="home"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.study, name="study"),
    path("<int:pk>/remove/", views.remove, name="remove"),
]
