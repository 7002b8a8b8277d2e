"""Fuzz the parsers with coverage as the guide (atheris): `python tests/fuzz/fuzz.py [--seconds N] [--only NAME]`.

Every target runs in a process of its own, bounded in memory and in time for one input. What it learnt is kept below
`.fuzz/corpus`, an input that broke a rule below `.fuzz/crashes`; the line to replay it is printed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".fuzz"
SECONDS = 30
"""How long each target is fuzzed unless told otherwise."""
MEMORY_MB = 1024
"""Most memory of one target's process."""
ONE_INPUT_SECONDS = 10
"""Longest that one input may take."""
MAX_BYTES = 16_384
"""Longest input; each kind of size has its own test in tests/hostile."""
INSTRUMENTED = ("registry", "rlp", "pypdf", "rfc8785")


@dataclass(frozen=True)
class Outcome:
    """What fuzzing one target gave."""

    name: str
    runs: int
    seconds: int
    edges: int
    crash: str


def main() -> int:
    """Fuzz every target, say what was found, and return 1 if a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long each target runs")
    parser.add_argument("--only", help="one target's name")
    parser.add_argument("--replay", type=Path, help="give one kept input to --only, with the whole error")
    parser.add_argument("--child", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    told = parser.parse_args()
    sys.path[:0] = [str(HOME / "packages"), str(Path(__file__).parent), str(ROOT)]
    if told.child:
        return _child(told.only, told.child)
    if told.replay:
        return _replay(told.only, told.replay)
    return _all(told.only, told.seconds)


def _all(only: str | None, seconds: int) -> int:
    from seeds import seeds  # noqa: PLC0415  below sys.path

    outcomes = []
    for name, inputs in seeds().items():
        if only in {None, name}:
            outcomes.append(_fuzzed(name, inputs, seconds))
            _say(outcomes[-1])
    return int(any(one.crash for one in outcomes))


def _fuzzed(name: str, inputs: list[bytes], seconds: int) -> Outcome:
    corpus, start, crashes = (HOME / kind / name for kind in ("corpus", "seeds", "crashes"))
    for folder in (corpus, start, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(inputs):
        (start / str(number)).write_bytes(content)
    limits = [
        f"-max_total_time={seconds}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-timeout={ONE_INPUT_SECONDS}",
        f"-max_len={MAX_BYTES}",
        f"-artifact_prefix={crashes}/",
        "-print_final_stats=1",
    ]
    words = [sys.executable, __file__, "--only", name, "--child", str(corpus), str(start), *limits]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  our own program
    return _outcome(name, done)


def _outcome(name: str, done: subprocess.CompletedProcess[str]) -> Outcome:
    said = done.stderr
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    took = re.search(r"Done \d+ runs in (\d+) second", said)
    edges = re.findall(r"cov: (\d+)", said)
    crash = re.search(r"Test unit written to (\S+)", said)
    broken = crash[1] if crash else "" if done.returncode == 0 else f"no input (exit code {done.returncode})"
    if broken:
        sys.stderr.write("\n".join(said.splitlines()[-40:]) + "\n")
    return Outcome(
        name, int(runs[1]) if runs else 0, int(took[1]) if took else 0, int(edges[-1]) if edges else 0, broken
    )


def _say(one: Outcome) -> None:
    sys.stdout.write(f"{one.name:12} {one.runs:>10,} runs in {one.seconds} s, {one.edges:,} edges")
    if one.crash:
        sys.stdout.write(f"\n  BROKEN by {one.crash}; replay it with\n  {Path(sys.executable).name} ")
        sys.stdout.write(f"{Path(__file__).relative_to(ROOT)} --only {one.name} --replay {one.crash}")
    sys.stdout.write("\n")
    sys.stdout.flush()


def _child(name: str, words: list[str]) -> int:
    import atheris  # noqa: PLC0415  below sys.path

    with atheris.instrument_imports(include=list(INSTRUMENTED)):
        import targets  # noqa: PLC0415  below sys.path

    atheris.Setup([sys.argv[0], *words], lambda data: targets.run(name, data))
    atheris.Fuzz()
    return 0


def _replay(name: str, path: Path) -> int:
    import targets  # noqa: PLC0415  below sys.path

    targets.run(name, path.read_bytes())
    sys.stdout.write(f"{path} keeps the rules of {name}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
