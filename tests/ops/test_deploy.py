"""The samples in deploy/ name only what exists."""

import re
from typing import Any

import yaml

from bot.app import Role
from bot.settings import Settings
from bot.web.address import Addresses
from tests.ops.child import ROOT

KNOWN = {f"BOT_{name.upper()}" for name in Settings.model_fields}
DEPLOY = ROOT / "deploy"


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_compose_runs_every_role_once_and_two_workers() -> None:
    services = compose()["services"]
    region = {name: one for name, one in services.items() if one.get("profiles") == ["region"] and "command" in one}

    assert {name: one["command"][-1] for name, one in region.items()} == {
        str(role): str(role) for role in Role if role is not Role.ALL
    }
    assert region["worker"]["deploy"]["replicas"] == 2
    assert services["bot"]["profiles"] == ["centre"]


def test_compose_keeps_the_port_and_the_data_where_the_image_has_them() -> None:
    for name, one in compose()["services"].items():
        if name == "postgres":
            continue
        assert one["environment"]["BOT_DATA_DIR"] == "/data"
        assert any(volume.endswith(":/data") for volume in one["volumes"])
        assert all(port.endswith(f":{one['environment']['BOT_WEB_PORT']}") for port in one.get("ports", []))
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", [])), "only the proxy faces the world"


def test_samples_name_known_settings_only() -> None:
    for file in DEPLOY.iterdir():
        if file.suffix == ".png" or file.is_dir():
            continue
        named = set(re.findall(r"\bBOT_[A-Z_]+[A-Z]\b", file.read_text(encoding="utf-8")))
        assert named <= KNOWN, f"{file.name}: {named - KNOWN}"


def test_the_unit_stops_later_than_the_bot_drains() -> None:
    from bot.app import DRAIN_S

    unit = (DEPLOY / "czn-bot.service").read_text(encoding="utf-8")
    grace = compose()["services"]["bot"]["stop_grace_period"]

    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[0]) > DRAIN_S
    assert int(grace.removesuffix("s")) > DRAIN_S
    assert "-m bot run" in unit


def test_the_image_can_copy_the_database_it_runs_beside() -> None:
    """pg_dump refuses a server that is newer than itself."""
    clients = {"bookworm": 15, "trixie": 17}
    (release,) = set(re.findall(r"^FROM python:[0-9.]+-slim-(\w+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE))
    server = compose()["services"]["postgres"]["image"].removeprefix("postgres:")

    assert clients[release] >= int(server)


def test_in_docker_the_proxy_of_the_machine_is_trusted() -> None:
    """Else all citizens behind it are one for the limits; inside a container it has the address of Docker's gateway."""
    for name in ("bot", "web"):
        given = compose()["services"][name]["environment"]["BOT_TRUSTED_PROXIES"]
        client = Addresses(given.split(",")).client("172.18.0.1", {"x-forwarded-for": "198.51.100.7"})

        assert client == "198.51.100.7"


def test_nginx_notes_no_query_no_referrer_and_no_address_of_a_person() -> None:
    """In any server block: what is not said there is logged in nginx's own form, with all of these."""
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    form = re.findall(r"^log_format bot (.*);$", conf, re.MULTILINE)
    servers = re.split(r"^server \{$", conf, flags=re.MULTILINE)[1:]

    assert len(form) == 1
    assert not re.search(r"\$(request|request_uri|args|query_string|http_\w+|remote_\w+|arg_\w+)\b", form[0])
    assert len(servers) == 2
    for server in servers:
        assert re.findall(r"^    access_log (.*?);", server, re.MULTILINE) in (["off"], ["/var/log/nginx/bot.log bot"])
        assert re.findall(r"^    error_log \S+ (\w+);", server, re.MULTILINE) == ["crit"]
