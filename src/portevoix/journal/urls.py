"""The journal's addresses."""

from django.urls import path

from portevoix.journal import public_views, views

app_name = "journal"
urlpatterns = [
    path("", views.home, name="home"),
    path("matters/<int:number>/", views.matter, name="matter"),
    path("findings/", public_views.choose_finding, name="choose-finding"),
    path("public/", public_views.public_list, name="public"),
    path("public/<str:week>/", public_views.public_week, name="public-week"),
    path("<str:week>/", views.edition, name="week"),
    path("<str:week>/messages/<str:key>/", views.messages, name="messages"),
    path("<str:week>/<slug:department>/messages/<str:key>/", views.messages, name="department_messages"),
    path("<str:week>/<slug:department>/", views.edition, name="department"),
]
