"""What names the city is a setting: the site's name, its telephone, districts and the region in credit codes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from portal.accounts import states
from portal.accounts.models import Organisation
from portal.accounts.states import Roles
from tests import making

ROOT = Path(__file__).resolve().parents[2]
OTHER = "江北市政策兑现"


@pytest.mark.django_db
def test_pages_bear_the_name_and_telephone_of_the_settings(client, settings):
    settings.SITE_NAME, settings.SITE_PHONE = OTHER, "000-0000 0009"
    markup = client.get(reverse("accessibility")).content.decode()
    assert f"无障碍说明 - {OTHER}</title>" in markup and f"{OTHER}</a>" in markup
    assert "请拨打000-0000 0009" in markup and "哈尔滨" not in markup


@pytest.mark.django_db
def test_a_code_is_looked_at_by_the_region_of_the_settings(client, settings):
    code = making.organisation().organisation.code
    settings.CITY = "江北市"
    client.force_login(making.staff(Roles.INTAKE))
    address = reverse("certification", args=[Organisation.objects.get(code=code).pk])
    for region, said in ((code[2:6], "属于江北市"), ("9901", "不属于江北市，请看是否迁入")):
        settings.REGION_PREFIX = region
        assert f"，{said}" in client.get(address).content.decode()


def test_no_page_names_a_city_of_its_own():
    pages = (ROOT / "templates").rglob("*.html")
    assert [page.name for page in pages if "哈尔滨市" in page.read_text()] == []


def test_districts_are_read_from_the_environment():
    """In a process of its own: they are read once, when the product starts."""
    code = (
        "import django; django.setup()\n"
        "from portal.accounts.models import Organisation\n"
        "print([value for value, _ in Organisation._meta.get_field('district').choices])"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "PORTAL_CITY": "江北市",
        "PORTAL_DISTRICTS": "东区,西区",
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "['东区', '西区', '不在江北市']", done.stderr
    assert states.DISTRICTS[-1] == "不在哈尔滨市"
