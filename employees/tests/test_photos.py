"""Photos of people: what is kept of them, who changes and who sees them."""

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image, ImageFile

from employees.models import Employee
from employees.services import change_employee, change_own_profile
from employees.tests.factories import make_department, make_employee, make_photo, make_role


def shown(person: Employee) -> Image.Image:
    """The stored picture."""
    with person.photo.open("rb") as file:
        return Image.open(BytesIO(file.read()))


def stored() -> list[str]:
    return default_storage.listdir("photos")[1] if default_storage.exists("photos") else []


def body_of(photo: Any) -> Any:
    return encode_multipart(BOUNDARY, {"photo": photo})


# --- What is kept -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photo_becomes_a_square_of_pixels_alone(worker: Employee, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter: what is red lies on the right
    exif[0x010F] = "Kamera"
    exif.get_ifd(0x8825)[1] = "N"
    photo = make_photo(kind, (1200, 900), "../../Böse.php", exif=exif)
    person = change_own_profile(worker, by=worker, photo=photo)
    image = shown(person)
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (512, 512), {})
    left, right = image.getpixel((20, 256)), image.getpixel((490, 256))
    assert left[2] > 200
    assert right[0] > 200
    assert person.photo.name.startswith("photos/")
    assert "php" not in person.photo.name


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (SimpleUploadedFile("a.png", b"<svg onload=alert(1)>"), "wrong_type"),
        (SimpleUploadedFile("a.png", make_photo().read()[:60]), "wrong_type"),
        (make_photo("GIF"), "wrong_type"),
        (SimpleUploadedFile("a.png", make_photo().read() + b"x" * 5 * 1024 * 1024), "too_large"),
        (make_photo("PNG", (6000, 5000)), "too_large"),
    ],
    ids=["svg", "cut off", "gif", "six megabytes", "bomb"],
)
def test_what_is_no_picture_or_too_much_of_one_is_refused(
    worker: Employee, file: Any, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As WeasyPrint leaves it behind.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    before = stored()
    file.seek(0)
    with pytest.raises(ValidationError) as refused:
        change_own_profile(worker, by=worker, photo=file)
    assert [error.code for error in refused.value.error_dict["photo"]] == [code]
    assert stored() == before


def test_an_old_photo_is_deleted_and_a_failed_one_leaves_nothing(
    worker: Employee, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = change_own_profile(worker, by=worker, photo=make_photo()).photo.name
    with django_capture_on_commit_callbacks(execute=True):
        person = change_own_profile(worker, by=worker, photo=make_photo())
    assert not default_storage.exists(first)
    before = stored()
    with pytest.raises(ValidationError):
        change_own_profile(person, by=worker, photo=make_photo(), timezone="Mars")
    assert stored() == before
    with django_capture_on_commit_callbacks(execute=True):
        assert change_own_profile(person, by=worker, photo=False).photo_url == ""
    assert not default_storage.exists(person.photo.name)


def test_a_form_that_leaves_the_photo_alone_keeps_one_that_came_meanwhile(worker: Employee) -> None:
    stale = Employee.objects.get(pk=worker.pk)
    new = change_own_profile(worker, by=worker, photo=make_photo()).photo.name
    assert change_own_profile(stale, by=worker, photo=stale.photo, phone="1").photo.name == new


# --- Who changes and sees them ------------------------------------------------------------------


def test_everybody_gives_themselves_a_photo_over_the_api(worker: Employee, api_of: Any) -> None:
    client, url = api_of(worker), "/api/employees/me"
    assert client.get(url).json()["photo_url"] == ""
    answer = client.patch(url, body_of(make_photo()), content_type=MULTIPART_CONTENT)
    assert answer.status_code == 200, answer.content
    address = answer.json()["photo_url"]
    assert address.startswith(f"/api/employees/{worker.pk}/photo?v=")
    bad = client.patch(url, body_of(SimpleUploadedFile("a.png", b"x")), MULTIPART_CONTENT)
    assert (bad.status_code, bad.json()["errors"][0]["attr"]) == (400, "photo")
    other = make_employee()
    foreign = f"/api/employees/{other.pk}/photo"
    assert client.put(foreign, body_of(make_photo()), MULTIPART_CONTENT).status_code == 403
    assert client.delete(foreign).status_code == 403
    assert client.patch(url, {"photo": None}).json()["photo_url"] == ""


def test_whoever_changes_people_gives_them_photos(admin: Employee, api_of: Any) -> None:
    client, person = api_of(admin), make_employee()
    url = f"/api/employees/{person.pk}/photo"
    assert client.get(url).status_code == 404
    assert client.put(url, {"photo": "x"}).status_code == 415
    answer = client.put(url, body_of(make_photo()), MULTIPART_CONTENT)
    assert answer.status_code == 200, answer.content
    assert answer.json()["photo_url"].startswith(url)
    # A replaced person keeps the photo: it is no part of what PUT takes.
    body = {"first_name": "A", "last_name": "B", "email": person.email}
    answer = client.put(f"/api/employees/{person.pk}", {**body, "role_id": str(person.role_id)})
    assert answer.json()["photo_url"].startswith(url)
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_only_signed_in_people_see_a_photo(worker: Employee, client_of: Any) -> None:
    person = make_employee(photo=make_photo())
    assert Client().get(person.photo_url).status_code == 401
    answer = client_of(worker).get(person.photo_url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"].startswith("private, max-age=")
    assert answer.open_file().read(2) == b"\xff\xd8"
    plain = client_of(worker).get(person.photo_url.partition("?")[0])
    assert plain["Cache-Control"] == "private, no-cache"


def test_the_profile_page_takes_shows_and_removes_it(worker: Employee, client_of: Any) -> None:
    client = client_of(worker)
    page = client.get("/profile/")
    assert 'enctype="multipart/form-data"' in page.content.decode()
    form = page.context["form"]
    body = {name: form[name].value() or "" for name in form.fields}
    assert client.post("/profile/", {**body, "photo": make_photo()}).status_code == 302
    worker.refresh_from_db()
    for path in ("/profile/", f"/employees/{worker.pk}/", "/employees/", "/employees/org-chart/"):
        assert f'src="{worker.photo_url}"' in client.get(path).content.decode(), path
    assert client.post("/profile/", {**body, "photo": "", "photo-clear": "on"}).status_code == 302
    worker.refresh_from_db()
    assert worker.photo_url == ""


def test_the_form_of_a_person_takes_a_photo(admin: Employee, client_of: Any) -> None:
    person = make_employee()
    client, url = client_of(admin), f"/employees/{person.pk}/edit/"
    form = client.get(url).context["form"]
    body = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url, {**body, "photo": make_photo()}).status_code == 302
    person.refresh_from_db()
    assert person.photo_url
    bad = client.post(url, {**body, "photo": SimpleUploadedFile("a.png", b"nothing")})
    assert bad.status_code == 422
    assert list(bad.context["form"].errors) == ["photo"]


# --- The org chart ------------------------------------------------------------------------------


def test_the_chart_shows_who_reports_to_whom(worker: Employee, client_of: Any) -> None:
    sales = make_department(name="Sales")
    boss = make_employee(last_name="Aa")
    gone = make_employee(last_name="Ab", reports_to=boss)
    low = make_employee(last_name="Ac", reports_to=gone, department=sales)
    lowest = make_employee(
        last_name="Ad", reports_to=low, department=sales, birth_date=dt.date(1990, 5, 17)
    )
    change_employee(gone, by=None, status="inactive")
    client = client_of(worker)
    page = client.get("/employees/org-chart/")
    places = [(p.person.pk, p.depth, p.reports, p.ends) for p in page.context["places"]]
    assert places == [
        (boss.pk, 0, 1, 0),
        (low.pk, 1, 1, 0),
        (lowest.pk, 2, 0, 2),
        (worker.pk, 0, 0, 0),
    ]
    text = page.content.decode()
    assert text.count("<ul") == text.count("</ul>")
    assert text.count("<li>") + text.count("<li ") == text.count("</li>")
    narrow = client.get(f"/employees/org-chart/?department_id={sales.pk}").context["places"]
    assert [(p.person.pk, p.depth) for p in narrow] == [(low.pk, 0), (lowest.pk, 1)]
    assert client.get("/employees/org-chart/?department_id=x").status_code == 400
    assert "/employees/org-chart/" in client.get("/employees/").content.decode()
    assert str(low.pk) in client.get(f"/employees/{gone.pk}/").content.decode()


def test_the_chart_survives_a_circle_and_asks_once(
    worker: Employee, django_assert_num_queries: Any
) -> None:
    one, two = make_employee(), make_employee()
    three = make_employee(reports_to=two, role=make_role())
    Employee.objects.filter(pk=one.pk).update(reports_to=three)
    Employee.objects.filter(pk=two.pk).update(reports_to=one)
    with django_assert_num_queries(1):
        places = Employee.objects.visible_to(worker).org_chart()
        assert [str(place.person.department or "") for place in places] == [""] * 4
    assert len({place.person.pk for place in places}) == 4
