// Checks that a launch program makes sense: every offset within its memory, every kernel in the
// code object, every count in its range. What runs it later relies on this and checks nothing
// again.
#pragma once

#include "runtime/Status.h"
#include "runtime/program_generated.h"

#include <span>
#include <string>
#include <string_view>

namespace qcc::runtime {

/// The newest format of the program that this library reads.
constexpr uint32_t programVersion = 2;

/// The bytes of the device memory of a kind (fb::Memory) that `program` asks for. The logits memory
/// holds a row for each row of the largest entry point.
uint64_t memoryBytes(const fb::Program &program, fb::Memory memory);

/// Checks that this library reads the program's version; before any other check, since a newer
/// version may mean other things by the same fields. Errors: UnsupportedVersion, Corrupt.
Status checkVersion(const fb::Program &program, const std::string &file);

/// Checks a program that the FlatBuffers verifier accepted. `symbols`: the sorted dynamic symbols
/// of the code object; `file` names the file in errors. Error: Corrupt.
Status checkProgram(const fb::Program &program, std::span<const std::string_view> symbols,
                    const std::string &file);

} // namespace qcc::runtime
