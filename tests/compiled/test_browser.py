"""The portable week in a real browser: its engine for WebAssembly gives the same bits, from tables alone."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import HAS_CHROMIUM, headless_chromium
from engine.compared import same
from engine.test_plain import ON, happenings
from support import burned_in, everything, tiny

from sim.model import engine
from sim.model.compiled.addresses import arrays_in, checked, types_of
from sim.model.compiled.kept_week import PORTABLE
from sim.model.compiled.portable_code import places_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name != "posix" or not HAS_CHROMIUM,
        reason="needs Chromium and its driver",
    ),
]

WEEKS = 20

HOST = """
const [code, places, slots, end, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
(async () => {
  const { instance } = await WebAssembly.instantiate(bytes(code), {});
  const { memory, week } = instance.exports;
  memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / 65536)));
  for (const [place, content] of places) new Uint8Array(memory.buffer).set(bytes(content), place);
  const error = week(slots);
  const after = new Uint8Array(memory.buffer, 0, end);
  let text = "";
  for (let start = 0; start < end; start += 32768) text += String.fromCharCode(...after.subarray(start, start + 32768));
  done([error, btoa(text)]);
})().catch((fault) => done([String(fault), ""]));
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium."""
    with headless_chromium(tmp_path_factory.mktemp("profile")) as driver:
        driver.get("about:blank")  # the page that it opens with runs no code
        yield driver


def heap_base(portable: Path) -> int:
    """Where tables may stand."""
    import wasmtime

    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, portable.read_bytes()), [])
    exports: Any = instance.exports(store)
    return int(exports["__heap_base"].value(store))


def test_a_page_gives_the_same_bits(browser: Any) -> None:
    organization = burned_in(tiny(ON, happenings()), everything(0.3))
    expected = organization.copy()
    values, choices = engine._allocate_results(organization, WEEKS)
    given = (*engine._bound_records(organization), values, choices)
    arrays = checked(given, types_of(given))
    end = engine.week_function_of(organization.registry).end
    places = places_of(arrays, heap_base(PORTABLE))
    contents = [
        [place, base64.b64encode(array.tobytes(order="A")).decode()]
        for place, array in places.contents(engine.BEGIN, end, WEEKS)
    ]
    code = base64.b64encode(PORTABLE.read_bytes()).decode()
    error, after = browser.execute_async_script(HOST, code, contents, places.slots, places.end)
    assert error == 0
    memory = base64.b64decode(after)
    others = engine._allocate_results(expected, WEEKS)
    engine.week_function_of(expected.registry).run(engine.BEGIN, end, WEEKS, engine._bound_records(expected), *others)
    for place, array, other in zip(
        places.addresses, arrays, arrays_in((*engine._bound_records(expected), *others)), strict=True
    ):
        found = np.frombuffer(memory[place : place + array.nbytes], dtype=array.dtype)
        plain = np.frombuffer(other.tobytes(order="A"), dtype=array.dtype)
        assert all(same(left, right) for left, right in zip(fields(found), fields(plain), strict=True))
    assert np.isfinite(others[0].view(np.float64)).mean() > 0.9


def fields(array: Any) -> list[Any]:
    """Fields of records, or the array itself."""
    return [array] if array.dtype.names is None else [array[name] for name in array.dtype.names]
