"""The journal's addresses."""

from django.urls import path

from portevoix.journal.pages import archive_views, feed_views, public_views, views

app_name = "journal"
urlpatterns = [
    path("", views.home, name="home"),
    path("archive/", archive_views.archive, name="archive"),
    path("compare/", archive_views.compare, name="compare"),
    path("feed/", feed_views.feed, name="feed"),
    path("feed/<str:token>/", feed_views.atom, name="atom"),
    path("matters/<int:number>/", views.matter, name="matter"),
    path("findings/", public_views.choose_finding, name="choose-finding"),
    path("public/", public_views.public_list, name="public"),
    path("public/<str:week>/", public_views.public_week, name="public-week"),
    path("<str:week>/", views.edition, name="week"),
    path("<str:week>/messages/<str:key>/", views.messages, name="messages"),
    path("<str:week>/<slug:department>/messages/<str:key>/", views.messages, name="department_messages"),
    path("<str:week>/<slug:department>/", views.edition, name="department"),
]
