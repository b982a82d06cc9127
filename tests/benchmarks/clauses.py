"""How fast the rule core, the packs and the calculator are. Each measurement prints its figure and its aim."""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.test import Client

from clauses.engine import ClaimFacts, assess
from clauses.engine.batch import awards
from clauses.loader import get_policy, load_pack
from portal.kernel import clock, moving
from tests.benchmarks.packs import write_pack

ROUNDS = 5
CALCULATOR = "/calculator/?pack=harbin-ai-2022&item=2a&base=60000000"


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time of the quickest of several rounds."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def say(what: str, figure: str, aim: str) -> None:
    sys.stdout.write(f"{what:<44}{figure:>24}   aim: {aim}\n")
    sys.stdout.flush()


def plain_awards() -> None:
    policy = get_policy("harbin-ai-2022")
    chance = random.Random(1)
    bases = [chance.randrange(10**11) for _ in range(1_000_000)]
    for code in ("2a", "4"):
        columns = {"base": bases, "filed_total": bases}
        seconds = best(lambda: awards(policy, policy.item(code), columns))  # noqa: B023  # called at once
        say(f"plain awards, item {code}", f"{len(bases) / seconds:,.0f}/s", "3,000,000/s")


def explained_awards() -> None:
    policy = get_policy("harbin-ai-2022")
    chance = random.Random(2)
    filed = datetime(2023, 6, 1)
    claims = [
        ClaimFacts(id="c", item="2a", filed_at=filed, base=chance.randrange(10**11)) for _ in range(100_000)
    ]

    def work() -> None:
        for claim in claims:
            assess(policy, claim)

    say("explained awards, with the trace", f"{len(claims) / best(work):,.0f}/s", "100,000/s")

    def told() -> None:
        for claim in claims[:10_000]:
            verdict = assess(policy, claim)
            assert verdict.steps
            assert verdict.reasons

    say("the same, every word read", f"{10_000 / best(told):,.0f}/s", "none")


def long_pack() -> None:
    with tempfile.TemporaryDirectory() as directory:
        write_pack(Path(directory), 1000)
        seconds = best(lambda: load_pack(Path(directory)))
    say("pack of 1,000 clauses, loaded and checked", f"{seconds:.3f} s", "0.3 s")


def calculator_page() -> None:
    client = Client()
    moving.pin(datetime(2023, 10, 16, 9, tzinfo=clock.SHANGHAI))
    for _ in range(10):
        assert client.get(CALCULATOR).status_code == 200
    found = []
    for _ in range(200):
        start = time.perf_counter()
        client.get(CALCULATOR)
        found.append(time.perf_counter() - start)
    middle, high = statistics.median(found), statistics.quantiles(found, n=20)[-1]
    say("calculator page, server time", f"{middle * 1000:.0f} ms, 95%: {high * 1000:.0f} ms", "50 ms")


def measure() -> None:
    plain_awards()
    explained_awards()
    long_pack()
    calculator_page()
