from typing import Any

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def shell_alone(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.web.urls"


@pytest.fixture
def signed_in(client: Client, host: Any) -> Client:
    client.force_login(host)
    return client


def text(response: Any) -> str:
    return response.content.decode()
