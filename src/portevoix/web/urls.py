"""The shell's own pages."""

from django.urls import path

from portevoix.web.views import account, hooks, monitoring, pages, session

app_name = "web"
urlpatterns = [
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("account/", account.account, name="account"),
    path("language/", account.language, name="language"),
    path("theme.css", pages.theme, name="theme"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("keyboard/", pages.keyboard, name="keyboard"),
    path("hooks/<slug:connector>/<int:pk>/", hooks.hook, name="hook"),
    path("healthz", monitoring.health, name="health"),
    path("metrics", monitoring.metrics, name="metrics"),
]
