"""The runner of the W3C's suites, with a suite of our own: it really issues and verifies through the served VC-API."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.chain
SCRIPT = Path(__file__).with_name("w3c_suites.py")
SUITE = """
import {createRequire} from 'node:module';
import {writeFileSync} from 'node:fs';
const {implementations: [us]} = createRequire(import.meta.url)('./localConfig.cjs');
const [{id, endpoint, headers, options}] = us.issuers;
const asked = async (url, body) => {
  const sent = {method: 'POST', headers: {...headers, 'Content-Type': 'application/json'}, body: JSON.stringify(body)};
  const response = await fetch(url, sent);
  return {status: response.status, data: await response.json()};
};
const credential = {
  '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiableCredential'],
  issuer: id, credentialSubject: {id: 'did:example:ada'}
};
const issued = await asked(endpoint, {credential, options});
const judged = async verifiableCredential =>
  (await asked(us.verifiers[0].endpoint, {verifiableCredential, options: us.verifiers[0].options})).status;
const list = await fetch(issued.data.credentialStatus.statusListCredential);
const seen = [issued.status, await judged(issued.data), await judged({...issued.data, name: 'X'}), list.status];
const failed = {fullTitle: 'says what it saw', err: {message: `${seen}\\nand more`}};
const output = process.argv.find(one => one.startsWith('output=')).slice('output='.length);
const stats = {tests: 3, passes: 1, failures: 1, pending: 1};
writeFileSync(output, JSON.stringify({stats, failures: [failed], pending: [{fullTitle: 'waits'}]}));
"""


def ran(suite: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(suite)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603  our script


def test_a_suite_asks_the_served_vc_api_over_https_and_its_failures_are_named(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "package.json").write_text(json.dumps({"type": "module", "scripts": {"test": "node suite.mjs"}}))
    (tmp_path / "suite.mjs").write_text(SUITE)
    done = ran(tmp_path)
    assert done.stdout.splitlines() == [
        "1 passed, 1 failed, 1 pending of 3",
        "FAILED  says what it saw",
        "        201,200,400,200",
        "PENDING waits",
    ], done.stderr
    assert done.returncode == 1
    assert not (tmp_path / "localConfig.cjs").exists()


def test_a_folder_without_a_suite_is_named(tmp_path: Path) -> None:
    done = ran(tmp_path)
    assert (done.returncode, str(tmp_path) in done.stderr) == (1, True)
