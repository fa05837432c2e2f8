#include "runtime/package/CheckProgram.h"

#include "runtime/package/Elf.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace qcc::runtime {

/// What is wrong, or nothing.
using Fault = std::optional<std::string>;

/// The most work-items of a workgroup on any AMDGPU (AMDGPUUsage, "amdgpu-flat-work-group-size").
constexpr uint64_t maxWorkgroupItems = 1024;

/// HIP counts a launch's work-items of one dimension in 32 bits.
constexpr uint64_t maxGridItems = std::numeric_limits<uint32_t>::max();

uint64_t memoryBytes(const fb::Program &program, fb::Memory memory) {
  switch (memory) {
  case fb::Memory::weights:
    return program.weights_bytes();
  case fb::Memory::arena:
    return program.arena_bytes();
  case fb::Memory::kv_cache:
    return program.kv_cache_bytes();
  case fb::Memory::state:
    return program.state()->bytes();
  case fb::Memory::logits:
    return sizeof(float) * uint64_t(program.state()->row_capacity()) *
           program.model()->vocabulary_size();
  case fb::Memory::sampler:
    return program.sampler() ? program.sampler()->slot_bytes() * program.model()->max_batch() : 0;
  }
  return 0;
}

/// Counts that the rest computes with.
static Fault checkModel(const fb::Program &program) {
  const fb::Model &model = *program.model();
  constexpr uint32_t maxVocabulary = 1u << 28;
  if (model.vocabulary_size() == 0 || model.vocabulary_size() > maxVocabulary) {
    return "its program has a vocabulary of " + std::to_string(model.vocabulary_size()) + " tokens";
  }
  if (model.max_batch() == 0 || model.max_context() == 0) {
    return "its program holds no sequence or no position";
  }
  if (const auto *ids = model.end_of_sequence()) {
    for (uint32_t id : *ids) {
      if (id >= model.vocabulary_size()) {
        return "its end-of-sequence id " + std::to_string(id) + " is outside its vocabulary";
      }
    }
  }
  return std::nullopt;
}

/// The arrays of the state memory: aligned, inside it, apart from each other.
static Fault checkState(const fb::Program &program) {
  const fb::StateLayout &state = *program.state();
  constexpr uint32_t maxRows = 1u << 20;
  if (state.row_capacity() < program.model()->max_batch() || state.row_capacity() > maxRows) {
    return "its state memory has " + std::to_string(state.row_capacity()) +
           " rows, which is less than a row a sequence or over a million";
  }
  uint64_t array = uint64_t(state.row_capacity()) * sizeof(uint32_t);
  struct Range {
    uint64_t offset, bytes;
  };
  uint64_t sampled = program.sampler() ? array : 0;
  std::array<Range, 7> ranges = {{{state.rows(), sizeof(uint32_t)},
                                  {state.logit_rows(), sizeof(uint32_t)},
                                  {state.tokens(), array},
                                  {state.slots(), array},
                                  {state.positions(), array},
                                  {state.logit_index(), array},
                                  {sampled ? state.sampled() : 0, sampled}}};
  std::sort(ranges.begin(), ranges.end(), [](const Range &a, const Range &b) {
    return a.offset != b.offset ? a.offset < b.offset : a.bytes < b.bytes;
  });
  uint64_t free = 0;
  for (const Range &range : ranges) {
    if (range.offset % sizeof(uint32_t) != 0 || range.offset < free ||
        range.offset > state.bytes() || range.bytes > state.bytes() - range.offset) {
      return "the arrays of its state memory overlap or reach outside it";
    }
    free = range.offset + range.bytes;
  }
  // The host stages the state whole, so it must not be much more than its arrays need, and the
  // counters behind them: one for each row of a step and block of 128 columns at most.
  constexpr uint64_t mostCounterBytes = uint64_t(1) << 20;
  if (state.bytes() > free + mostCounterBytes) {
    return "its state memory is larger than its arrays need";
  }
  return std::nullopt;
}

/// The samplers' records: their parts aligned, inside, apart, and not much smaller than the whole.
static Fault checkSampler(const fb::Program &program) {
  const fb::SamplerLayout *sampler = program.sampler();
  if (!sampler) {
    return std::nullopt;
  }
  constexpr uint64_t parameterBytes = 10 * sizeof(uint32_t), alignment = sizeof(uint64_t);
  uint64_t seenBytes = (uint64_t(program.model()->vocabulary_size()) + 31) / 32 * sizeof(uint32_t);
  uint64_t bytes = sampler->slot_bytes();
  auto fits = [&](uint64_t offset, uint64_t size) {
    return offset % alignment == 0 && offset <= bytes && size <= bytes - offset;
  };
  uint64_t first = std::min(sampler->parameters(), sampler->seen());
  uint64_t second = std::max(sampler->parameters(), sampler->seen());
  uint64_t firstBytes = first == sampler->parameters() ? parameterBytes : seenBytes;
  if (bytes % alignment != 0 || !fits(sampler->parameters(), parameterBytes) ||
      !fits(sampler->seen(), seenBytes) || second - first < firstBytes) {
    return "the parts of its samplers overlap or reach outside them";
  }
  // The host stages a record whole, and the device holds one a sequence.
  if (bytes > 2 * (parameterBytes + seenBytes) + 4096) {
    return "its samplers are larger than their parts need";
  }
  return std::nullopt;
}

/// Three dimensions, none of them zero.
static bool validDimensions(const flatbuffers::Vector<uint32_t> &dimensions) {
  return dimensions.size() == 3 &&
         std::none_of(dimensions.begin(), dimensions.end(), [](uint32_t d) { return d == 0; });
}

static Fault checkShape(const fb::Launch &launch) {
  const auto &grid = *launch.grid();
  const auto &workgroup = *launch.workgroup();
  if (!validDimensions(grid) || !validDimensions(workgroup)) {
    return "a grid or workgroup that does not have three dimensions above zero";
  }
  uint64_t items = 1;
  for (unsigned i = 0; i < 3; ++i) {
    items *= std::min<uint64_t>(workgroup[i], maxWorkgroupItems + 1);
    if (uint64_t(grid[i]) * workgroup[i] > maxGridItems) {
      return "a grid of more than 2^32-1 work-items in a dimension";
    }
  }
  if (items > maxWorkgroupItems) {
    return "a workgroup of more than " + std::to_string(maxWorkgroupItems) + " work-items";
  }
  return std::nullopt;
}

static Fault checkArguments(const fb::Program &program, const fb::Launch &launch) {
  for (const fb::Argument *argument : *launch.arguments()) {
    if (argument->memory() > fb::Memory::MAX) {
      return "an argument in an unknown memory";
    }
    if (argument->offset() >= memoryBytes(program, argument->memory())) {
      return std::string("an argument that points outside the ") +
             fb::EnumNameMemory(argument->memory()) + " memory";
    }
  }
  return std::nullopt;
}

static Fault checkLaunch(const fb::Program &program, const fb::Launch &launch,
                         std::span<const std::string_view> symbols) {
  if (!std::binary_search(symbols.begin(), symbols.end(), launch.kernel()->str() + ".kd")) {
    return "a kernel that its code object does not define";
  }
  if (Fault fault = checkShape(launch)) {
    return fault;
  }
  return checkArguments(program, launch);
}

/// Every launch is one that the persistent kernel can do.
static Fault checkPersistent(const fb::EntryPoint &entry,
                             std::span<const std::string_view> symbols) {
  const fb::Persistent &persistent = *entry.persistent();
  if (!std::binary_search(symbols.begin(), symbols.end(), persistent.kernel()->str() + ".kd")) {
    return "a persistent kernel that its code object does not define";
  }
  if (persistent.workgroup() == 0 || persistent.workgroup() > maxWorkgroupItems ||
      persistent.workgroups() == 0 ||
      uint64_t(persistent.workgroups()) * persistent.workgroup() > maxGridItems) {
    return "a persistent kernel of impossible size";
  }
  const auto &phases = *persistent.phases();
  for (const fb::Launch *launch : *entry.launches()) {
    const std::string_view kernel = launch->kernel()->string_view();
    const bool known = std::any_of(phases.begin(), phases.end(), [&](const auto *phase) {
      return phase->string_view() == kernel;
    });
    if (!known || launch->arguments()->size() > persistent.command_arguments() ||
        launch->workgroup()->Get(0) != persistent.workgroup()) {
      return "a persistent kernel that cannot do the launch of '" + std::string(kernel) + "'";
    }
  }
  constexpr uint32_t maxArguments = 1024;
  if (persistent.command_arguments() > maxArguments) {
    return "a persistent kernel with " + std::to_string(persistent.command_arguments()) +
           " arguments a command";
  }
  return std::nullopt;
}

static Fault checkLaunches(const fb::Program &program, const fb::EntryPoint &entry,
                           const flatbuffers::Vector<flatbuffers::Offset<fb::Launch>> &launches,
                           std::span<const std::string_view> symbols) {
  for (const fb::Launch *launch : launches) {
    if (Fault fault = checkLaunch(program, *launch, symbols)) {
      return "entry point '" + entry.name()->str() + "' launches '" + launch->kernel()->str() +
             "' with " + *fault;
    }
  }
  return std::nullopt;
}

/// Launches that pick tokens are there exactly where samplers are.
static Fault checkSampling(const fb::Program &program, const fb::EntryPoint &entry,
                           std::span<const std::string_view> symbols) {
  bool samples = entry.sampling() && entry.sampling()->size() != 0;
  if (samples != (program.sampler() != nullptr)) {
    return "entry point '" + entry.name()->str() + "' picks tokens without samplers, or no tokens" +
           " with them";
  }
  return samples ? checkLaunches(program, entry, *entry.sampling(), symbols) : std::nullopt;
}

static Fault checkEntryPoints(const fb::Program &program,
                              std::span<const std::string_view> symbols) {
  uint32_t previous = 0;
  for (const fb::EntryPoint *entry : *program.entry_points()) {
    if (entry->row_capacity() <= previous) {
      return "its entry points are not sorted by row capacity";
    }
    previous = entry->row_capacity();
    if (Fault fault = checkLaunches(program, *entry, *entry->launches(), symbols)) {
      return fault;
    }
    if (Fault fault = checkSampling(program, *entry, symbols)) {
      return fault;
    }
    if (entry->persistent()) {
      if (Fault fault = checkPersistent(*entry, symbols)) {
        return "entry point '" + entry->name()->str() + "' has " + *fault;
      }
    }
  }
  if (previous != program.state()->row_capacity()) {
    return "its largest entry point has not the row capacity of its state memory";
  }
  return std::nullopt;
}

Status checkVersion(const fb::Program &program, const std::string &file) {
  if (program.version() > programVersion) {
    return {StatusCode::UnsupportedVersion,
            file + ": its format is version " + std::to_string(program.version()) +
                " and this library reads up to version " + std::to_string(programVersion) +
                "; update the runtime or compile the model with an older qcc."};
  }
  if (program.version() == 0) {
    return corruptArtifact(file, "its program has no version");
  }
  return {};
}

Status checkProgram(const fb::Program &program, std::span<const std::string_view> symbols,
                    const std::string &file) {
  Fault fault = checkModel(program);
  if (!fault) {
    fault = checkState(program);
  }
  if (!fault) {
    fault = checkSampler(program);
  }
  if (!fault) {
    fault = checkEntryPoints(program, symbols);
  }
  return fault ? corruptArtifact(file, *fault) : Status{};
}

} // namespace qcc::runtime
