"""How long the server takes to answer the public services, over 200 requests each after a warm-up."""

import statistics
import sys
import time

from django.test import Client

PAGES = {
    "calculator": "/calculator/?pack=harbin-ai-2022&item=2a&base=60000000",
    "calculator, two limits": "/calculator/?pack=harbin-ai-2022&item=4&base=20000000&filed_total=10000000",
    "matching": "/match/?pack=harbin-ai-2022&plan-equipment=on&wan-equipment=6000&plan-event=on",
    "handbook": "/policies/harbin-ai-2022/items/2a/guide/",
}


def measure(times: int = 200) -> dict[str, float]:
    """Median milliseconds by page, printed and returned. Needs the policies in the database."""
    client, found = Client(), {}
    for name, address in PAGES.items():
        for _ in range(10):
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
        spent = []
        for _ in range(times):
            start = time.perf_counter()
            client.get(address)
            spent.append(time.perf_counter() - start)
        found[name] = statistics.median(spent) * 1000
        sys.stdout.write(f"{name} page: {found[name]:.1f} ms\n")
    return found
