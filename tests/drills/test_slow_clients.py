"""2,000 idle connections and hundreds of slow senders: gone within 15 s, and nobody else notices."""

import asyncio

import pytest

from infrastructure.beginning import begin
from infrastructure.settings import Settings
from tests.interfaces.serving import served
from tests.interfaces.slow import WAYS, siege

pytestmark = pytest.mark.drill


def test_2_000_idle_and_400_slow_clients(tmp_path):
    begin(Settings(home=tmp_path))
    crowd = dict.fromkeys(WAYS, 50) | {"says nothing": 2_000}
    with served(tmp_path) as port:
        found = asyncio.run(siege(port, crowd, path="/xac-nhan", most=20))
    longest = max(max(times) for times in found.kept.values())
    p99 = found.others[int(len(found.others) * 0.99)]
    print(
        f"\n{sum(crowd.values()):,} slow clients: the last was dropped after {longest:.1f} s; "
        f"{len(found.others):,} requests of others meanwhile: p99 {p99 * 1000:.0f} ms, "
        f"worst {found.others[-1] * 1000:.0f} ms"
    )

    assert longest < 15
    assert p99 < 1
