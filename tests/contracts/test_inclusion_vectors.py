from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.digest import Digest
from registry.core.errors import ProofLengthError, ReceiptFormatError
from registry.core.proof import InclusionProof, root_from_proof

if TYPE_CHECKING:
    from types import ModuleType

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "inclusion_vectors.json").read_text())["vectors"]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("inclusion_vectors", HERE / "inclusion_vectors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_vectors_are_what_the_generator_writes() -> None:
    assert generator().render() == (HERE / "inclusion_vectors.json").read_text()


@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
def test_python_gives_what_the_contract_gives(vector: dict[str, Any]) -> None:
    leaf = Digest.from_hex(vector["leaf"])
    path = tuple(Digest.from_hex(sibling) for sibling in vector["path"])

    if vector["wellFormed"]:
        root = root_from_proof(leaf, InclusionProof(vector["index"], vector["size"], path))
        assert root == Digest.from_hex(vector["root"])
    else:
        with pytest.raises((ProofLengthError, ReceiptFormatError)):
            root_from_proof(leaf, InclusionProof(vector["index"], vector["size"], path))
