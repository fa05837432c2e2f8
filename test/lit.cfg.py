# Tests on IR: every .mlir and .test file under test/ states its own commands (RUN lines).
import os

import lit.formats

config.name = "qcc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.qcc_build_dir, "test", "lit")
config.substitutions.append(("%source", config.qcc_source_dir))
config.substitutions.append(("%build", config.qcc_build_dir))
if config.qcc_has_emulator:
    config.available_features.add("emulated-device")

# Our programs first, then FileCheck, not and the other tools of LLVM.
config.environment["PATH"] = os.path.pathsep.join(
    [os.path.join(config.qcc_build_dir, "bin"), config.llvm_tools_dir, os.environ["PATH"]]
)
