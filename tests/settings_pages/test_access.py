import pytest
from django.urls import reverse

from portevoix.record.queries.city import policies

PAGES = [
    ("index", ()),
    ("city", ()),
    ("departments", ()),
    ("department-add", ()),
    ("department", ("voirie",)),
    ("colleagues", ()),
    ("colleague-add", ()),
    ("policy", ()),
    ("policy-toml", ()),
    ("policy-version", (1,)),
    ("channels", ()),
    ("form", ()),
    ("account-add", ("email",)),
    ("access-log", ()),
    ("persons", ()),
    ("retention", ()),
]


def address(name, args=()):
    if (name, args) == ("policy-version", (1,)):  # the first one, whatever number the database gave it
        args = (policies()[-1].version,)
    return reverse(f"web-settings:{name}", args=args)


@pytest.mark.parametrize(("page", "args"), PAGES)
def test_an_administrator_sees_every_page(admin, page, args):
    assert admin.get(address(page, args)).status_code == 200


@pytest.mark.parametrize(("page", "args"), PAGES)
def test_nobody_else_sees_any(client, host, editor, contact_of, page, args):
    for colleague in (host, editor, contact_of("sports")):
        client.force_login(colleague)
        assert client.get(address(page, args)).status_code == 403
    client.logout()
    assert client.get(address(page, args)).status_code == 302


def test_posts_are_refused_too(client, host):
    client.force_login(host)
    for page, args in PAGES:
        assert client.post(address(page, args), {"name": "x", "save": "1"}).status_code == 403
    assert client.post(address("account-disconnect", (1,))).status_code == 403


@pytest.mark.parametrize(
    ("page", "args"),
    [("department", ("none",)), ("colleague", (999,)), ("policy-version", (999,)), ("account-add", ("fake",))],
)
def test_what_does_not_exist_is_not_found(admin, page, args):
    assert admin.get(address(page, args)).status_code == 404


def test_the_checklist_says_what_is_left(admin, city):
    page = admin.get(address("index"))
    done = {todo.page: todo.done for todo in page.context["todos"]}
    assert done == {
        "city": False,
        "departments": True,
        "policy": True,
        "channels": True,  # the mailbox of the tests is in service
        "form": False,
        "colleagues": False,
    }
    assert page.context["left"] == 3


def test_what_is_done_leaves_the_checklist(admin, city, contact_of):
    admin.post(address("form"), {"mail_address": ""})
    contact_of("sports")
    contact_of("voirie")
    page = admin.get(address("index"))
    assert {todo.page for todo in page.context["todos"] if todo.done} >= {"form", "colleagues"}
