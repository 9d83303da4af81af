"""The journal's addresses."""

from django.urls import path

from portevoix.journal.pages import answer_views, archive_views, feed_views, letter_views, public_views, views

app_name = "journal"
urlpatterns = [
    path("", views.home, name="home"),
    path("archive/", archive_views.archive, name="archive"),
    path("compare/", archive_views.compare, name="compare"),
    path("feed/", feed_views.feed, name="feed"),
    path("feed/<str:token>/", feed_views.atom, name="atom"),
    path("matters/<int:number>/", views.matter, name="matter"),
    path("findings/", public_views.choose_finding, name="choose-finding"),
    path("answers/", answer_views.answers, name="answers"),
    path("answers/store/", answer_views.answer_finding, name="answer-finding"),
    path("answers/public/", answer_views.publish_answer, name="publish-answer"),
    path("answers/<str:token>/", answer_views.answer, name="answer"),
    path("letters/", letter_views.letters, name="letters"),
    path("letters/decide/", letter_views.decide_letters, name="decide-letters"),
    path("letters/lift/", letter_views.lift, name="lift-suppression"),
    path("public/", public_views.public_list, name="public"),
    path("public/<str:week>/", public_views.public_week, name="public-week"),
    path("<str:week>/", views.edition, name="week"),
    path("<str:week>/messages/<str:key>/", views.messages, name="messages"),
    path("<str:week>/<slug:department>/messages/<str:key>/", views.messages, name="department_messages"),
    path("<str:week>/<slug:department>/", views.edition, name="department"),
]
