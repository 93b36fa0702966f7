"""Random bytes are handed out once."""

import os
from concurrent.futures import ThreadPoolExecutor

from infrastructure.vault.entropy import random_bytes


def test_no_bytes_come_twice():
    taken = [random_bytes(12) for _ in range(10_000)]

    assert len(set(taken)) == len(taken)
    assert {len(one) for one in taken} == {12}


def test_no_two_threads_get_the_same():
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: random_bytes(16), range(20_000)))

    assert len(set(taken)) == len(taken)


def test_a_forked_process_gets_others_than_its_parent():
    random_bytes(1)
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, random_bytes(32))
        os._exit(0)
    os.wait()

    assert os.read(read, 32) != random_bytes(32)


def test_more_than_the_pool_holds():
    assert len(random_bytes(10_000)) == 10_000
