#include "emulator/counters/Report.h"

#include "emulator/counters/CycleModel.h"

#include <nlohmann/json.hpp>

namespace qcc::emulator {

namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t cyclesOfPass = 4;

/// A share between 0 and 1; 1 when there was nothing to share.
double share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 1 : double(part) / double(whole);
}

Json memoryJson(const MemoryCounts &m) {
  return {{"requests", m.requests},
          {"active_lanes", m.lanes},
          {"bytes", m.bytes},
          {"unique_bytes", m.uniqueBytes},
          {"lines_64", m.lines64},
          {"lines_128", m.lines128},
          {"coalescing_64", share(m.idealLines64, m.lines64)},
          {"coalescing_128", share(m.idealLines128, m.lines128)}};
}

Json accessJson(const AccessTotals &a) {
  Json json = {{"instructions", a.instructions}};
  json.update(memoryJson(a.memory));
  json["non_temporal_share"] = a.memory.bytes == 0 ? 0 : share(a.nonTemporalBytes, a.memory.bytes);
  Json widths = Json::object();
  for (const auto &[bytes, requests] : a.requestsByWidth) {
    widths[std::to_string(bytes)] = requests;
  }
  json["requests_by_width"] = widths;
  return json;
}

Json ldsJson(const LdsCounts &l) {
  return {{"requests", l.requests},
          {"active_lanes", l.lanes},
          {"bytes", l.bytes},
          {"bank_cycles", l.cycles},
          {"conflict_cycles", l.conflictCycles}};
}

Json instructionsJson(const Totals &totals) {
  Json json = {{"total", totals.instructions}};
  for (unsigned c = 0; c < isa::instructionClassCount; ++c) {
    json[std::string(isa::nameOf(static_cast<isa::InstructionClass>(c)))] = totals.byClass[c];
  }
  json["dual_issued"] = totals.dualIssued;
  return json;
}

Json vectorJson(const Totals &totals) {
  return {{"operations", totals.vectorOperations},
          {"lane_operations", totals.vectorLaneOperations},
          {"active_lane_operations", totals.activeLaneOperations},
          {"active_share", share(totals.activeLaneOperations, totals.vectorLaneOperations)}};
}

Json uniqueJson(const LaunchCounters &c) {
  return {{"loaded_lines_64", c.loadedLines64},
          {"loaded_lines_128", c.loadedLines128},
          {"stored_lines_64", c.storedLines64},
          {"stored_lines_128", c.storedLines128},
          {"least_bytes_64", (c.loadedLines64 + c.storedLines64) * 64},
          {"least_bytes_128", (c.loadedLines128 + c.storedLines128) * 128}};
}

Json unitsJson(const CycleEstimate::Units &u) {
  return {{"vector", u.vector},
          {"matrix", u.matrix},
          {"scalar", u.scalar},
          {"lds", u.lds},
          {"memory", u.memory}};
}

Json estimateJson(const CycleEstimate &e) {
  Json wave = unitsJson(e.wave), busiest = unitsJson(e.busiest);
  wave["sum"] = e.waveSum;
  busiest["waves_per_simd"] = e.wavesOnBusiestSimd;
  busiest["bound"] = e.bound;
  busiest["limit"] = e.limit;
  return {{"average_wave", wave}, {"busiest_simd", busiest}};
}

Json resourcesJson(const LaunchCounters &c) {
  return {{"vector_registers", c.occupancy.vectorRegisters},
          {"accumulation_registers", c.accumulationRegisters},
          {"scalar_registers", c.occupancy.scalarRegisters},
          {"lds_bytes", c.ldsBytes},
          {"scratch_bytes", c.scratchBytes},
          {"waves_per_simd", c.occupancy.wavesPerSimd},
          {"workgroups_per_multiprocessor", c.occupancy.workgroups},
          {"resident_waves_per_simd", c.occupancy.residentWavesPerSimd},
          {"occupancy_limit", c.occupancy.limit}};
}

Json instructionJson(const InstructionRecord &r) {
  const InstructionCounts &c = r.counts;
  Json json = {{"offset", r.offset},           {"text", r.text},
               {"class", isa::nameOf(r.unit)}, {"executions", c.executions},
               {"active_lanes", c.lanes},      {"operations", r.operations}};
  if (!r.source.empty()) {
    json["source"] = r.source;
  }
  if (r.issueCycles != 0) {
    json["issue_cycles"] = r.issueCycles;
  }
  if (r.matrixCycles != 0) {
    json["matrix_cycles"] = r.matrixCycles;
  }
  if (c.bytesPerLane != 0) {
    json["bytes_per_lane"] = c.bytesPerLane;
    json["non_temporal"] = r.nonTemporal;
    json["memory_cycles"] = c.memoryCycles;
  }
  if (c.global.requests != 0) {
    json["global"] = memoryJson(c.global);
  }
  if (c.scratch.requests != 0) {
    json["scratch"] = memoryJson(c.scratch);
  }
  if (c.lds.requests != 0) {
    json["lds"] = ldsJson(c.lds);
  }
  if (c.scalarBytes != 0) {
    json["scalar_bytes"] = c.scalarBytes;
  }
  return json;
}

Json headJson(const LaunchCounters &c) {
  Json json = {{"kernel", c.kernel},
               {"chip", c.chip},
               {"wave_size", c.waveSize},
               {"grid_workgroups", c.gridWorkgroups},
               {"workgroup_size", c.workgroupSize},
               {"workgroups", c.workgroups},
               {"waves", c.waves}};
  if (!c.failure.empty()) {
    json["failure"] = c.failure;
  }
  return json;
}

} // namespace

Json toJson(const LaunchCounters &c, bool byInstruction) {
  const Totals totals = totalsOf(c);
  Json json = headJson(c);
  json["launches"] = c.launches;
  json["barriers"] = c.barriers;
  json["resources"] = resourcesJson(c);
  json["instructions"] = instructionsJson(totals);
  json["vector"] = vectorJson(totals);
  json["matrix"] = {{"cycles", totals.matrixCycles},
                    {"passes", totals.matrixCycles / cyclesOfPass}};
  json["global"] = {{"loads", accessJson(totals.loads)},
                    {"stores", accessJson(totals.stores)},
                    {"atomics", accessJson(totals.atomics)},
                    {"scalar_bytes", totals.scalarMemoryBytes},
                    {"unique", uniqueJson(c)}};
  json["lds"] = {{"loads", ldsJson(totals.ldsLoads)},
                 {"stores", ldsJson(totals.ldsStores)},
                 {"atomics", ldsJson(totals.ldsAtomics)}};
  json["scratch"] = {{"loads", memoryJson(totals.scratchLoads)},
                     {"stores", memoryJson(totals.scratchStores)}};
  json["cycle_estimate"] = estimateJson(estimateCycles(c));
  if (byInstruction) {
    Json list = Json::array();
    for (const InstructionRecord &record : c.instructions) {
      list.push_back(instructionJson(record));
    }
    json["by_instruction"] = list;
  }
  return json;
}

Json summaryOf(const LaunchCounters &c) {
  const Totals totals = totalsOf(c);
  Json json = headJson(c);
  json["instructions"] = totals.instructions;
  json["vector_lane_operations"] = totals.vectorLaneOperations;
  json["matrix_cycles"] = totals.matrixCycles;
  json["loaded_bytes"] = totals.loads.memory.bytes;
  json["stored_bytes"] = totals.stores.memory.bytes;
  json["atomic_bytes"] = totals.atomics.memory.bytes;
  json["unique"] = uniqueJson(c);
  json["lds_conflict_cycles"] = totals.ldsLoads.conflictCycles + totals.ldsStores.conflictCycles +
                                totals.ldsAtomics.conflictCycles;
  json["scratch_bytes_moved"] = totals.scratchLoads.bytes + totals.scratchStores.bytes;
  json["estimated_cycles"] = estimateCycles(c).bound;
  return json;
}

} // namespace qcc::emulator
