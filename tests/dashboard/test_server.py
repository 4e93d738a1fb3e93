"""The settings that keep photos inside, and a start that refuses what it must not do."""

import socket
import tomllib
from pathlib import Path

import pytest
from streamlit import config
from streamlit.web.server.app_discovery import discover_asgi_app

from tracker.dashboard.app import ARGUMENTS
from tracker.dashboard.gate import Gate
from tracker.dashboard.server import ADDRESS, SETTINGS, Network, serve
from tracker.errors import InvalidInput, StoreUnavailable

PROJECT = Path(__file__).resolve().parents[2]


def test_both_ways_to_start_use_the_same_settings():
    found = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text("utf-8"))
    flat = {f"{section}.{name}": value for section, entries in found.items() for name, value in entries.items()}
    assert flat == SETTINGS


def test_settings_exist_and_are_safe():
    for name in SETTINGS:
        assert name in config._config_options_template, name
    assert SETTINGS["server.address"] == "127.0.0.1"
    assert SETTINGS["client.showErrorDetails"] == "none"
    assert SETTINGS["browser.gatherUsageStats"] is False
    assert SETTINGS["server.enableStaticServing"] is False
    assert SETTINGS["server.enableAgentApi"] is False


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.5", "localhost", "::", ""])
def test_refuses_any_other_address(tmp_path, address):
    with pytest.raises(InvalidInput, match=r"expected 127\.0\.0\.1"):
        serve(tmp_path, Network(address))


def test_taken_port_is_a_sentence(tmp_path):
    with socket.socket() as other:
        other.bind((ADDRESS, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InvalidInput, match=f"Port {port}: expected a free port"):
            serve(tmp_path, Network(port=port))


def test_store_that_cannot_be_opened_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", "unchanged")
    with socket.socket() as free:
        free.bind((ADDRESS, 0))
        port = free.getsockname()[1]
    with pytest.raises(StoreUnavailable):
        serve(tmp_path / "no" / "such" / "folder", Network(port=port))


def test_streamlit_run_finds_the_gated_application():
    found = discover_asgi_app(PROJECT / "streamlit_app.py")
    assert found.is_asgi_app
    assert found.app_name == "app"
    assert [one.cls for one in ARGUMENTS["middleware"]] == [Gate]


def test_a_network_needs_a_certificate_with_its_key_and_a_name(tmp_path):
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    with pytest.raises(InvalidInput, match="expected a PEM file"):
        Network("0.0.0.0", 8501, certificate, key, "skin.example").check()
    certificate.touch()
    key.touch()
    network = Network("0.0.0.0", 443, certificate, key, "skin.example")
    network.check()
    assert network.url == "https://skin.example:443"
    assert network.settings["server.sslCertFile"] == str(certificate)
    assert "skin.example" in network.settings["server.allowedHosts"]
    with pytest.raises(InvalidInput, match="give both"):
        Network(certificate=certificate).check()
    with pytest.raises(InvalidInput, match="in the open"):
        Network("0.0.0.0", 443, certificate, key).check()
