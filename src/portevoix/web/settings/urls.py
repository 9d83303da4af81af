"""Addresses under /settings/."""

from django.urls import path

from portevoix.web.settings import (
    accesslog,
    accounts,
    city,
    colleagues,
    departments,
    learnt,
    overview,
    persons,
    policies,
    retention,
    rules,
    webform,
)

app_name = "web-settings"
urlpatterns = [
    path("", overview.index, name="index"),
    path("city/", city.edit, name="city"),
    path("departments/", departments.listing, name="departments"),
    path("departments/add/", departments.add, name="department-add"),
    path("departments/<slug:slug>/", departments.change, name="department"),
    path("rules/", rules.listing, name="rules"),
    path("rules/add/", rules.add, name="rule-add"),
    path("rules/<int:pk>/", rules.change, name="rule"),
    path("rules/<int:pk>/move/", rules.move, name="rule-move"),
    path("rules/<int:pk>/delete/", rules.delete, name="rule-delete"),
    path("learnt/", learnt.listing, name="learnt"),
    path("learnt/<int:pk>/use/", learnt.use, name="learnt-use"),
    path("colleagues/", colleagues.listing, name="colleagues"),
    path("colleagues/add/", colleagues.add, name="colleague-add"),
    path("colleagues/<int:pk>/", colleagues.change, name="colleague"),
    path("policy/", policies.hours, name="policy"),
    path("policy/toml/", policies.toml, name="policy-toml"),
    path("policy/versions/<int:number>/", policies.version, name="policy-version"),
    path("channels/", accounts.listing, name="channels"),
    path("channels/form/", webform.edit, name="form"),
    path("channels/add/<slug:kind>/", accounts.add, name="account-add"),
    path("channels/<int:pk>/", accounts.change, name="account"),
    path("channels/<int:pk>/resume/", accounts.resume, name="account-resume"),
    path("channels/<int:pk>/disconnect/", accounts.disconnect, name="account-disconnect"),
    path("privacy/persons/", persons.listing, name="persons"),
    path("privacy/persons/join/", persons.join, name="persons-join"),
    path("privacy/persons/<int:pk>/", persons.person, name="person"),
    path("privacy/persons/<int:pk>/export/", persons.export, name="person-export"),
    path("privacy/persons/<int:pk>/erase/", persons.erase, name="person-erase"),
    path("privacy/persons/<int:pk>/part/", persons.part, name="person-part"),
    path("privacy/retention/", retention.retention, name="retention"),
    path("privacy/access/", accesslog.access_log, name="access-log"),
]
