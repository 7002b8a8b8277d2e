"""What this home's own commands issue and export, judged by other people's verifiers, without a network."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt as pyjwt
import pytest
from openbadgeslib.ob3.verifier import OB3Verifier

from registry.cli.signing_keys import signers
from registry.credentials.compact_jws import parse_compact
from registry.services.export import file_content
from registry.services.receipts import bundle_of
from registry.services.site import did_document, signed_status_list
from registry.settings import load_settings, open_store
from registry.system import SystemClock

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
judges = sys.modules["interop_judges"]
expected = sys.modules["interop_expected"]

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("interop")]

BASE = "https://badges.uni.example"
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
FORMS = {"data-integrity": "ada", "jwt": "bo", "jwt-rs256": "cy"}
"""Recipient of each form of signature."""
CARRIERS, JUDGES = expected.CARRIERS, expected.OUTPUT_JUDGES
EXPECTED = expected.OUTPUT


@dataclass(frozen=True)
class Output:
    """One home's exported files, and what its web site would answer."""

    home: Any
    folder: Path
    did: str
    web: Any
    uuids: dict[str, str]

    def file(self, form: str, ending: str) -> Path:
        return self.folder / f"{self.uuids[form]}.{ending}"

    def carried(self, form: str, carrier: str) -> Any:
        """Return the credential as others take it out of its carrier: openbadgeslib out of pictures."""
        data = self.file(form, carrier).read_bytes()
        if carrier == "json":
            return json.loads(data)["credential"]
        take = OB3Verifier.extract_token_from_png if carrier == "png" else OB3Verifier.extract_token_from_svg
        text = take(data)
        return json.loads(text) if text.startswith("{") else text


@pytest.fixture(scope="module")
def output(devnet: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Output:
    folder = tmp_path_factory.mktemp("interop") / "home"
    folder.mkdir()
    home = homes.Home(folder, homes.network_toml(devnet.rpc, devnet.contract))
    (folder / "networks.toml").write_text(home.network_toml, "utf-8")
    home.do("init", "--base-url", BASE)
    home.do("issuer", "register", "--name", "Northfield University", "--issuer", "northfield", "--country", "GB")
    home.do("issuer", "add-rsa-key", "northfield")
    account = home.do("issuer", "show").split("account")[1].split()[0]
    said = home.do("issuer", "accredit", account, "--name", "Northfield University", "--until", "2099-12-31")
    trusted = f'accreditors = [{{ address = "{said.partition("Accreditor: ")[2][:42]}", name = "the agency" }}]\n'
    (folder / "networks.toml").write_text(home.network_toml + trusted, "utf-8")
    home.do("achievement", "add", str(homes.EXAMPLE / "data-foundations.json"))
    for form, name in FORMS.items():
        roster = folder / f"{form}.csv"
        roster.write_text(f"{HEADER}data-foundations,{name}@example.org,{name.title()},Okafor,2026-06-30\n", "utf-8")
        home.do("issue", str(roster), "--proof", form)
    home.do("anchor", "run")
    return _exported(home, folder)


def _exported(home: Any, folder: Path) -> Output:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CREDANCHOR_HOME", str(folder))
        patched.setenv("CREDANCHOR_PASSPHRASE", homes.PASSPHRASE)
        settings = load_settings()
        store = open_store(settings)
        [issuer] = store.issuers()
        now = SystemClock().now()
        listed = signed_status_list(store, issuer, 0, BASE, signers(settings, store)(issuer), now)
        document = did_document(issuer, store.signing_keys(issuer.id), [], BASE)
    out = folder / "out"
    out.mkdir()
    forms = {f"mailto:{name}@example.org": form for form, name in FORMS.items()}
    uuids = {forms[one.recipient]: one.uuid for one in store.credentials()}
    for credential in store.credentials():
        bundle = bundle_of(store, credential)
        for ending in (*CARRIERS, *(["jwt"] if isinstance(bundle.credential, str) else [])):
            (out / f"{credential.uuid}.{ending}").write_bytes(file_content(bundle, ending))
    web = judges.Web({judges.did_url(issuer.did): document, f"{BASE}/issuers/northfield/status/0": listed})
    return Output(home, out, issuer.did, web, uuids)


@pytest.fixture(scope="module")
def said(output: Output) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what every judge says of every form in every carrier; one node process for all."""
    cases = {(form, carrier): output.carried(form, carrier) for form in FORMS for carrier in CARRIERS}
    node = judges.by_node({" ".join(case): credential for case, credential in cases.items()}, output.web)
    return {case: {**node[" ".join(case)], **_by_python(output, credential)} for case, credential in cases.items()}


def _by_python(output: Output, credential: Any) -> dict[str, Any]:
    pem, body = None, credential
    if isinstance(credential, str):
        jws = parse_compact(credential)
        pem = pyjwt.PyJWK(jws.header["jwk"], "RS256").key if "jwk" in jws.header else None
        body = jws.payload
    schemas = {"schema": False, "strict": True} if judges.has_schemas() else {}
    return {
        "openbadgeslib": judges.by_openbadgeslib(credential, output.did, output.web, pem),
        "openvc": judges.by_openvc(judges.unwrapped(credential), output.web),
        **{name: judges.by_schema(body, strict=strict) for name, strict in schemas.items()},
    }


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("form", FORMS)
def test_each_verifier_says_of_our_output_what_the_docs_say(
    form: str, carrier: str, said: dict[tuple[str, str], dict[str, Any]]
) -> None:
    told = said[form, carrier]

    asked = [judge for judge in JUDGES if judge in told]
    assert {judge: told[judge].accepted for judge in asked} == {judge: EXPECTED[form][judge] for judge in asked}, told
    if not judges.has_schemas():
        pytest.skip(f"{judges.NO_SCHEMAS}; the other judges were asked")
    assert asked == list(JUDGES)


@pytest.mark.parametrize("form", FORMS)
def test_our_own_verifier_verifies_every_form_and_carrier(form: str, output: Output) -> None:
    files = [str(output.file(form, ending)) for ending in CARRIERS]
    outcome = output.home.run("verify", "--json", *files)

    assert outcome.code == 0, outcome.out
    assert [json.loads(line)["verdict"] for line in outcome.out.splitlines()] == ["verified"] * len(files)


@pytest.mark.parametrize("form", ["jwt", "jwt-rs256"])
def test_a_token_alone_is_signed_and_lacks_only_its_receipt(form: str, output: Output) -> None:
    [line] = output.home.run("verify", "--json", str(output.file(form, "jwt"))).out.splitlines()
    report = json.loads(line)

    assert (report["verdict"], report["reason"]) == ("undecided", "receipt-unreachable")
    assert {"check": "signature", "outcome": "passed"}.items() <= report["checks"][1].items()


def test_a_token_whose_content_was_changed_is_not_verified(output: Output) -> None:
    bundle = json.loads(output.file("jwt", "json").read_text("utf-8"))
    header, payload, signature = bundle["credential"].split(".")
    other = json.loads(output.file("jwt-rs256", "json").read_text("utf-8"))["credential"].split(".")[1]
    outcome = output.home.run(
        "verify", "--json", "-", stdin=json.dumps({**bundle, "credential": f"{header}.{other}.{signature}"}).encode()
    )

    assert payload != other
    assert (outcome.code, json.loads(outcome.out)["reason"]) == (1, "altered")


def test_a_credential_that_is_signed_inside_is_not_exported_as_a_token(output: Output) -> None:
    outcome = output.home.run(
        "export", "--credential", output.uuids["data-integrity"], "--as", "jwt", "--out", str(output.folder / "no")
    )

    assert outcome.code == 2
    assert "was not issued as a VC-JWT" in outcome.err


def test_a_token_is_exported_as_it_was_anchored(output: Output) -> None:
    folder = output.folder / "jwt"
    output.home.do("export", "--credential", output.uuids["jwt"], "--as", "jwt", "--out", str(folder))
    [file] = folder.iterdir()

    assert file.suffix == ".jwt"
    assert file.read_text("ascii") == output.carried("jwt", "json")
