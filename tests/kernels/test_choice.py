import subprocess
import sys

import numba
import numpy as np
import pytest

from decarb import kernels
from decarb.kernels import accumulate, numba_path


def test_small_work_does_not_import_numba():
    code = (
        "import sys, numpy as np; from decarb.kernels import accumulate, expose, cumulants, blend\n"
        "z = np.zeros(9, np.int32); one = np.ones(9); p = np.array([0, 1])\n"
        "accumulate(z, z, one, p, z[:1], one[:1], 1, 1)\n"
        "cumulants(expose(z, z, one, one, 1, 1), one, z, one); blend(p, z[:1], one[:1], one[:, None])\n"
        "assert not {'numba', 'decarb.kernels.numba_path'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_large_work_takes_numba_and_less_does_where_it_is_at_hand(monkeypatch):
    for name, least in kernels.NUMBA_FROM.items():
        monkeypatch.setattr(numba_path, "is_compiled", lambda _: False)
        assert kernels._takes_numba(name, least, None)
        assert not kernels._takes_numba(name, least - 1, None)
        monkeypatch.setattr(numba_path, "is_compiled", lambda _: True)
        assert kernels._takes_numba(name, least / 1000, None)
        assert not kernels._takes_numba(name, least / 1000 - 1, None)


def test_small_work_gets_one_thread(monkeypatch):
    monkeypatch.setattr(kernels.os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert kernels._thread_count("expose", 10, None) == 1
    assert kernels._thread_count("expose", 1_500_000, None) == 3
    assert kernels._thread_count("expose", 1e12, None) == 16
    assert kernels._thread_count("expose", 10, 5) == 5


@pytest.mark.parametrize("option", [{"path": "fortran"}, {"path": "numba", "threads": 0}])
def test_an_unknown_choice_is_refused(option):
    none = np.zeros(0, np.int32)
    with pytest.raises(ValueError, match="expected"):
        accumulate(none, none, np.zeros(0), np.zeros(1, np.int64), none, np.zeros(0), 1, 1, **option)


def test_without_a_place_for_the_cache_it_compiles_without(monkeypatch):
    def njit(cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(numba, "njit", njit)
    assert numba_path._compiled(len) is len
