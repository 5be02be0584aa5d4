"""Machine code of the week for the processor of this machine: LLVM makes it from the week in LLVM's own form."""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Callable
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numpy as np

from sim.model.compiled.addresses import ENTRY, RESULT_SLOTS, ArrayType, Records, checked, slots_of

Run = Callable[..., None]


def add_entry(module: Any, name: str) -> None:
    """Add the function by which everybody calls a function of a module: it takes the address of a list of slots."""
    function = module.get_function(name)
    types = [str(argument.type) for argument in function.arguments]
    numbered = list(enumerate(types))
    arguments = ", ".join(f"{kind} %value{slot}" for slot, kind in numbered)
    lines = [
        f'target triple = "{module.triple}"',
        f'target datalayout = "{module.data_layout}"',
        f'declare i32 @"{name}"({", ".join(types)})',
        "declare double @llvm.sqrt.f64(double)",
        "define double @sqrt(double %number) alwaysinline {",  # Numba calls the C library's
        "%root = call double @llvm.sqrt.f64(double %number)",
        "ret double %root",
        "}",
        f"define i32 @{ENTRY}(ptr %slots) {{",
    ]
    for slot, kind in numbered:
        lines += [
            f"%slot{slot} = getelementptr i64, ptr %slots, i32 {slot}",
            f"%value{slot} = load {kind}, ptr %slot{slot}",
        ]
    lines += [f'%error = call i32 @"{name}"({arguments})', "ret i32 %error", "}"]
    function.linkage = "external"
    module.link_in(llvm.parse_assembly("\n".join(lines)))
    for each in (name, "sqrt"):
        module.get_function(each).linkage = "internal"
    module.get_function(name).add_function_attribute("alwaysinline")
    module.verify()


def make_machine_code(module: Any) -> bytes:
    """Machine code of the week as an object file, from a module of LLVM."""
    target = _target_machine()
    module.triple, module.data_layout = target.triple, str(target.target_data)
    optimize(module, target, vectorize=True)
    code: bytes = target.emit_object(module)
    return code


def optimize(module: Any, target: Any, vectorize: bool) -> None:
    """Optimize a module in place. Only what ``vectorize`` adds depends on the processor."""
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = tuning.loop_interleaving = tuning.loop_unrolling = vectorize
    builder = llvm.create_pass_builder(target, tuning)
    builder.getModulePassManager().run(module, builder)


def processor() -> str:
    """What machine code depends on beside its source: sixteen hexadecimal digits for this processor and this LLVM."""
    llvm.initialize_native_target()
    made_by = (llvmlite.__version__, llvm.llvm_version_info, llvm.get_process_triple(), *_name_and_features())
    return hashlib.sha256(repr(made_by).encode()).hexdigest()[:16]


def load_machine_code(code: bytes, types: tuple[ArrayType, ...]) -> Run:
    """The week as a function ``run(first, last, weeks, records, *further arrays)``, from an object file.

    Args:
        code: The object file.
        types: Types of all arrays.
    """
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    # It holds the interpreter's lock, since other threads may look at the organization.
    week = ctypes.PYFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)(engine.get_function_address(ENTRY))
    result = np.zeros(RESULT_SLOTS, dtype=np.int64)
    first_slots = [result.ctypes.data, result.ctypes.data + result.itemsize]

    def run(first: int, last: int, weeks: int, records: Records, *further: Any) -> None:
        if records.slots is None:
            records.slots = _slots(checked(records, types[: -len(further)]))
        more = _slots(checked(further, types[-len(further) :]))
        slots = np.concatenate(([*first_slots, first, last, weeks], records.slots, more))
        if week(slots.ctypes.data) != 0:
            raise RuntimeError("the compiled week has failed")

    run.owners = engine, result  # type: ignore[attr-defined]  # of the code, and of what it writes to
    return run


def _slots(arrays: list[Any]) -> Any:
    return slots_of(arrays, (array.ctypes.data for array in arrays))


def _name_and_features() -> tuple[str, str]:
    """Name and features of the processor, as Numba's settings have them."""
    name = os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES")
    if features is None:
        features = "" if name == "generic" else llvm.get_host_cpu_features().flatten()
    return name, features


def _target_machine() -> Any:
    """LLVM's description of this machine."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    name, features = _name_and_features()
    target = llvm.Target.from_triple(llvm.get_process_triple())
    return target.create_target_machine(cpu=name, features=features, opt=3, codemodel="jitdefault")
