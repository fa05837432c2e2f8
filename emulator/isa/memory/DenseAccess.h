// Memory accesses as runs of neighbouring bytes, for which short cuts hold.
#pragma once

#include "emulator/isa/Observer.h"

namespace qcc::emulator::isa {

/// `bytes` of each active lane when they lie side by side in the order of the lanes, which are
/// neighbours themselves; else an empty range.
AddressRange denseRange(const Addresses &addresses, unsigned bytes);

/// Calls `f(lane)` for each lane of the mask, the lowest first.
template <typename F> void forLanes(uint64_t lanes, F f) {
  for (; lanes != 0; lanes &= lanes - 1) {
    f(static_cast<unsigned>(__builtin_ctzll(lanes)));
  }
}

/// Calls `f(range, first lane)` for the bytes of each longest run of active lanes, in the order of
/// their numbers, whose data lie side by side; a run that repeats the one before is left out.
/// Stops, and is false, when `f` is.
template <typename F> bool forRuns(const MemoryAccess &access, F f) {
  if (const AddressRange all = denseRange(access.addresses, access.bytes); all.begin != all.end) {
    return f(all, static_cast<unsigned>(__builtin_ctzll(access.addresses.active)));
  }
  AddressRange run, last;
  unsigned first = 0;
  auto finish = [&] {
    const bool repeats = run.begin == last.begin && run.end == last.end;
    last = run;
    return run.begin == run.end || repeats || f(run, first);
  };
  for (uint64_t lanes = access.addresses.active; lanes != 0; lanes &= lanes - 1) {
    const unsigned lane = static_cast<unsigned>(__builtin_ctzll(lanes));
    const uint64_t address = access.addresses.of[lane];
    if (address != run.end || run.begin == run.end) {
      if (!finish()) {
        return false;
      }
      run.begin = address;
      first = lane;
    }
    run.end = address + access.bytes;
  }
  return finish();
}

} // namespace qcc::emulator::isa
