"""Addresses under /form/."""

from django.urls import path

from portevoix.public import views

app_name = "public"
urlpatterns = [
    path("", views.form, name="form"),
    path("thank-you/", views.thanks, name="thanks"),
    path("challenge/", views.challenge, name="challenge"),
    path("embed/", views.embed, name="embed"),
    path("embed/thank-you/", views.embed_thanks, name="embed-thanks"),
]
