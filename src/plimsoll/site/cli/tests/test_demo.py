"""`plimsoll demo --load-only`: loads once, says as whom to sign in, refuses a real organisation."""

from __future__ import annotations

import argparse
import json

import pytest

from plimsoll.kernel.identity.models import Tenant
from plimsoll.site.cli import demo
from plimsoll.site.cli.stop import Stop
from plimsoll.site.demonstration.loading import PASSWORD, load


def options(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    demo.register(parser.add_subparsers())
    return parser.parse_args(["demo", *given])


@pytest.fixture(autouse=True)
def _migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "migrate", lambda: None)  # the tests' database is up to date
    monkeypatch.setattr(demo, "load", lambda **given: load(with_sample=False, **given))


@pytest.mark.once  # the content is the same
@pytest.mark.django_db
def test_it_loads_once_and_says_as_whom_to_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.run(options("--load-only")) == 0
    said = capsys.readouterr().out
    assert "is loaded" in said and PASSWORD in said and "ines.okafor@northmere.example" in said
    assert demo.run(options("--load-only", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["is_new"] is False


@pytest.mark.django_db
def test_it_refuses_a_real_organisation_with_a_sentence() -> None:
    Tenant.objects.create(name="Real Hospital", slug="real")
    with pytest.raises(Stop, match="Real Hospital"):
        demo.run(options("--load-only"))
