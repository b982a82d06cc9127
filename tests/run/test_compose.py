"""docker-compose.yml: it parses, asks for every secret, and starts words that ./run knows."""

import re
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = PROJECT / "docker-compose.yml"


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(COMPOSE.read_text())


def test_parts(compose):
    assert set(compose["services"]) == {"database", "redis", "prepare", "web", "worker", "scheduler", "proxy"}
    assert compose["services"]["database"]["image"] == "postgres:16"
    assert compose["services"]["redis"]["image"] == "redis:7"


@pytest.mark.parametrize("name", ["prepare", "web", "worker", "scheduler"])
def test_each_part_is_a_word_of_the_script(compose, name):
    service = compose["services"][name]
    assert service["command"] == [name]
    assert (PROJECT / service["build"]["dockerfile"]).is_file()
    assert service["environment"]["DJANGO_SETTINGS_MODULE"] == "portal.settings.prod"
    words = re.search(r"^    (prepare \| [a-z| ]+)\) container", (PROJECT / "run").read_text(), re.MULTILINE)
    assert words is not None
    assert name in words.group(1).split(" | ")


def test_no_secret_has_a_value_or_a_default():
    for name in ("PORTAL_DB_PASSWORD", "PORTAL_SECRET_KEY", "PORTAL_EVENT_KEY", "PORTAL_FIELD_KEY"):
        uses = re.findall(r"\$\{" + name + r"(.{0,2})", COMPOSE.read_text())
        assert set(uses) == {":?"}, name


def test_everything_mounted_from_here_exists(compose):
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (PROJECT / volume.split(":")[0]).exists(), volume


def test_image_has_the_system_packages_of_the_script():
    script = (PROJECT / "run").read_text()
    wanted = " ".join(re.findall(r"^SYSTEM_(?:NEEDED|WISHED)=\((.*)\)$", script, re.MULTILINE)).split()
    dockerfile = (PROJECT / "portal/local/deploy/Dockerfile").read_text()
    assert len(wanted) == 5
    assert [name for name in wanted if name not in dockerfile.split()] == []
