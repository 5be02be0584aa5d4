"""Makes the week that comes with the package: ``python -m sim.model.make_compiled`` writes the three files in ``compiled``.

To be run when a change of the model is complete. It takes two or three minutes, and needs the extra ``portable``, whose linker is
that of ``ziglang``.
"""

from __future__ import annotations

import lzma
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numba

from sim.model.compiled.addresses import ENTRY
from sim.model.compiled.kept_week import DESCRIPTION, INTERMEDIATE, PORTABLE, describe
from sim.model.compiled.machine_code import optimize

_ANY_64_BITS = "e-m:e-i64:64-i128:128-n32:64-S128"
_WEBASSEMBLY = "wasm32-unknown-unknown"
_WEBASSEMBLY_LAYOUT = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-i128:128-n32:64-S128-ni:1:10:20"
_FEATURES = "+bulk-memory,+nontrapping-fptoint,+sign-ext"  # all engines have had them for years
_STACK_BYTES = 2**20


def main() -> None:
    """Make the files and say how large they are."""
    from sim.model.engine import module_of_the_week, tables_of_the_week
    from sim.model.registry import current

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    unoptimized = module_of_the_week(current()).as_bitcode()
    portable = _webassembly(llvm.parse_bitcode(unoptimized))
    intermediate = lzma.compress(_intermediate(llvm.parse_bitcode(unoptimized)), preset=9)
    PORTABLE.write_bytes(portable)
    INTERMEDIATE.write_bytes(intermediate)
    tools = {"numba": numba.__version__, "llvmlite": llvmlite.__version__}
    DESCRIPTION.write_text(
        describe(portable, intermediate, {"made_with": tools, "tables": tables_of_the_week(current())}),
        encoding="utf-8",
    )
    for file in (PORTABLE, INTERMEDIATE, DESCRIPTION):
        print(f"{file.name}: {file.stat().st_size:,} bytes")


def _intermediate(module: Any) -> bytes:
    """LLVM's form, optimized as far as no processor is known."""
    module.data_layout = _ANY_64_BITS
    target = llvm.Target.from_triple("x86_64-unknown-linux-gnu").create_target_machine(cpu="x86-64", opt=3)
    optimize(module, target, vectorize=False)
    content: bytes = module.as_bitcode()
    return content


def _webassembly(module: Any) -> bytes:
    """WebAssembly, which imports nothing."""
    module.triple, module.data_layout = _WEBASSEMBLY, _WEBASSEMBLY_LAYOUT
    target = llvm.Target.from_triple(_WEBASSEMBLY).create_target_machine(opt=3, features=_FEATURES)
    optimize(module, target, vectorize=False)
    with tempfile.TemporaryDirectory() as folder:
        compiled, linked = Path(folder, "week.o"), Path(folder, "week.wasm")
        compiled.write_bytes(target.emit_object(module))
        options = ["--no-entry", f"--export={ENTRY}", "--export=__heap_base", "--strip-all", "--stack-first"]
        options += ["-z", f"stack-size={_STACK_BYTES}", "-o", str(linked), str(compiled)]
        subprocess.run([sys.executable, "-m", "ziglang", "wasm-ld", *options], check=True)
        return linked.read_bytes()


if __name__ == "__main__":
    main()
