import pytest
from bs4 import BeautifulSoup

from portevoix.kernel.errors import BadInput
from portevoix.record.models import Department
from portevoix.record.operations import city as operations
from portevoix.record.queries import city as queries
from tests.conftest import incoming

DEPARTMENT = {
    "name": "Espaces verts",
    "description": "Parcs",
    "competences": "- arbres\n\n• parcs\narbres",
    "active": "on",
}
COLLEAGUE = {
    "name": "Ada Lovelace",
    "email": "Ada@testville.example",
    "role": "contact",
    "departments": ["sports"],
    "password": "",
    "active": "on",
}
PASSWORD = "gabare-tuile-mésange"


def test_a_department_is_added_with_its_competences_one_a_line(admin):
    answer = admin.post("/settings/departments/add/", DEPARTMENT)
    assert answer.status_code == 302
    row = queries.department("espaces-verts")
    assert (row.name, row.competences, row.active) == ("Espaces verts", ["arbres", "parcs"], True)


def test_two_departments_of_one_address_do_not_overwrite_each_other(admin):
    for name in ("Espaces verts", "Espaces-verts"):
        admin.post("/settings/departments/add/", {**DEPARTMENT, "name": name})
    assert queries.department("espaces-verts") and queries.department("espaces-verts-2")


def test_a_department_is_changed_and_keeps_its_address(admin):
    admin.post("/settings/departments/voirie/", {"name": "Voirie et réseaux", "description": "", "competences": ""})
    row = queries.department("voirie")
    assert (row.name, row.active) == ("Voirie et réseaux", False)


@pytest.mark.parametrize("name", ["Sports", "sports", "SPÔRTS", " s ports "])
def test_a_name_that_nobody_tells_from_another_is_refused_and_that_one_named(admin, name):
    answer = admin.post("/settings/departments/add/", {**DEPARTMENT, "name": name})
    assert answer.status_code == 422
    assert "«\u00a0Sports\u00a0»" in str(answer.context["form"].errors)
    assert len(queries.departments()) == 2
    voirie = {"name": name, "description": "", "competences": "", "active": "on"}
    assert admin.post("/settings/departments/voirie/", voirie).status_code == 422


def test_the_command_line_is_refused_such_a_name_too(city):
    with pytest.raises(BadInput, match="“Sports” already"):
        operations.save_department(slug="sport-2", name="sports", by=None)


def test_a_department_that_keeps_its_name_is_changed_whatever_others_are_called(admin):
    Department.objects.create(slug="sport-2", name="sports")  # as before names were compared
    changed = {"name": "Sports", "description": "Piscines", "competences": "", "active": "on"}
    assert admin.post("/settings/departments/sports/", changed).status_code == 302


def test_departments_are_listed_as_one_looks_them_up(admin, take, host, client):
    for slug, name in (("etat-civil", "État civil"), ("education", "Éducation"), ("archives", "archives")):
        operations.save_department(slug=slug, name=name, by=None)
    wanted = ["archives", "Éducation", "État civil", "Sports", "Voirie"]
    page = BeautifulSoup(admin.get("/settings/departments/").content, "html.parser")
    assert [row.text.strip() for row in page.select("tbody th")] == wanted
    page = BeautifulSoup(admin.get("/settings/colleagues/add/").content, "html.parser")
    assert [box.parent.text.strip() for box in page.select("[name=departments]")] == wanted
    page = BeautifulSoup(admin.get("/settings/rules/add/").content, "html.parser")
    assert [one.text.strip() for one in page.select("select[name=department] option")][-5:] == wanted
    client.force_login(host)
    [pk] = take(incoming())
    for address, select in (("/inbox/", "#filter-department"), (f"/inbox/{pk}/", "#department")):
        page = BeautifulSoup(client.get(address).content, "html.parser")
        assert [one.text for one in page.select(f"{select} option")][-5:] == wanted


def test_a_department_without_a_name_is_refused_and_nothing_typed_is_lost(admin):
    answer = admin.post("/settings/departments/add/", {**DEPARTMENT, "name": ""})
    assert answer.status_code == 422
    assert "• parcs" in answer.text


def test_a_colleague_without_account_cannot_sign_in(admin):
    admin.post("/settings/colleagues/add/", COLLEAGUE)
    ada = queries.contact_by_email("ada@testville.example")
    assert not ada.has_usable_password()
    assert [d.slug for d in ada.departments.all()] == ["sports"]


def test_a_password_gives_an_account_and_an_empty_one_leaves_it(admin, client):
    admin.post("/settings/colleagues/add/", COLLEAGUE)
    ada = queries.contact_by_email("ada@testville.example")
    admin.post(f"/settings/colleagues/{ada.pk}/", {**COLLEAGUE, "password": PASSWORD})
    admin.post(f"/settings/colleagues/{ada.pk}/", {**COLLEAGUE, "role": "host", "departments": []})
    ada = queries.contact(ada.pk)
    assert ada.check_password(PASSWORD)
    assert ada.role == "host"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "nonsense"}, "email"),
        ({"email": "helene@testville.example"}, "__all__"),
        ({"role": "king"}, "role"),
        ({"departments": []}, "departments"),
        ({"departments": ["none"]}, "departments"),
        ({"password": "12345"}, "__all__"),
    ],
)
def test_a_colleague_that_cannot_be_is_refused(admin, change, field):
    answer = admin.post("/settings/colleagues/add/", {**COLLEAGUE, **change})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert queries.contact_by_email("ada@testville.example") is None
    assert "12345" not in answer.text


def test_the_last_administrator_stays(admin, administrator):
    page = f"/settings/colleagues/{administrator.pk}/"
    mine = {**COLLEAGUE, "name": "Helene", "email": administrator.email, "role": "host"}
    answer = admin.post(page, mine)
    assert answer.status_code == 422
    assert queries.contact(administrator.pk).role == "administrator"


def test_a_new_password_of_ones_own_does_not_sign_one_out(admin, administrator):
    page = f"/settings/colleagues/{administrator.pk}/"
    mine = {**COLLEAGUE, "name": "Helene", "email": administrator.email, "role": "administrator", "password": PASSWORD}
    assert admin.post(page, mine).status_code == 302
    assert admin.get("/settings/colleagues/").status_code == 200


def test_names_are_written_as_text(admin):
    admin.post("/settings/departments/add/", {**DEPARTMENT, "name": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in admin.get("/settings/departments/").text
