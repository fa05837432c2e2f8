#include "emulator/isa/lane/LaneSet.h"

#include <cstdlib>
#include <string_view>
#include <unordered_map>

namespace qcc::emulator::isa {

namespace baseline {
const LaneSet &set();
}
namespace avx2 {
const LaneSet &set();
}
namespace avx512 {
const LaneSet &set();
}

namespace {

bool hostHasAvx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c");
}
bool hostHasAvx512() {
  return hostHasAvx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512cd");
}

const LaneSet &choose() {
  const char *wish = std::getenv("QCC_EMULATOR_SIMD");
  std::string_view limit = wish != nullptr ? wish : "avx512";
  if (limit == "avx512" && hostHasAvx512()) {
    return avx512::set();
  }
  if (limit != "baseline" && hostHasAvx2()) {
    return avx2::set();
  }
  return baseline::set();
}

std::unordered_map<std::string_view, const VectorRow *> makeIndex() {
  std::unordered_map<std::string_view, const VectorRow *> index;
  const LaneSet &set = laneSet();
  for (size_t t = 0; t < set.tableCount; ++t) {
    for (size_t r = 0; r < set.tables[t].count; ++r) {
      index.emplace(set.tables[t].rows[r].name, &set.tables[t].rows[r]);
    }
  }
  return index;
}

} // namespace

const LaneSet &laneSet() {
  static const LaneSet &chosen = choose();
  return chosen;
}

const VectorRow *findVectorRow(const char *name) {
  static const auto index = makeIndex();
  auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

} // namespace qcc::emulator::isa
