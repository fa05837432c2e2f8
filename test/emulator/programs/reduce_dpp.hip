// A wave's sum by data-parallel primitives: lanes read their neighbours' registers as they add.
#include "Check.h"

/// The DPP control words that all chips have (LLVM AMDGPUUsage, "DPP").
constexpr int rowShiftRight1 = 0x111, rowShiftRight2 = 0x112, rowShiftRight4 = 0x114,
              rowShiftRight8 = 0x118, rowMirror = 0x140, rowHalfMirror = 0x141;

template <int Control, int RowMask = 0xf> __device__ int addFrom(int value) {
  // Lanes without a source add 0.
  return value + __builtin_amdgcn_update_dpp(0, value, Control, RowMask, 0xf, false);
}

/// The inclusive prefix sum of each row of 16 lanes.
__device__ int scanRow(int value) {
  value = addFrom<rowShiftRight1>(value);
  value = addFrom<rowShiftRight2>(value);
  value = addFrom<rowShiftRight4>(value);
  return addFrom<rowShiftRight8>(value);
}

__global__ void waveSums(const int *in, int *prefix, int *total) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  int value = scanRow(in[i]);
#if defined(__GFX9__)
  constexpr int rowBroadcast15 = 0x142, rowBroadcast31 = 0x143;
  value = addFrom<rowBroadcast15, 0xa>(value);
  value = addFrom<rowBroadcast31, 0xc>(value);
#else
  // The last lane of the lower row, for the lanes of the upper one.
  int lower = __builtin_amdgcn_permlanex16(0, value, -1, -1, true, false);
  value += (threadIdx.x & 16) ? lower : 0;
#endif
  prefix[i] = value;
  if (threadIdx.x % warpSize == warpSize - 1) {
    total[i / warpSize] = value;
  }
}

__global__ void reverseRows(const int *in, int *rows, int *halves) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  rows[i] = __builtin_amdgcn_update_dpp(0, in[i], rowMirror, 0xf, 0xf, false);
  halves[i] = __builtin_amdgcn_update_dpp(0, in[i], rowHalfMirror, 0xf, 0xf, false);
}

int main() {
  hipDeviceProp_t properties;
  CHECK_HIP(hipGetDeviceProperties(&properties, 0));
  const int count = 512, wave = properties.warpSize;
  std::vector<int> in(count), wantPrefix(count), wantTotal(count / wave), wantRows(count),
      wantHalves(count);
  for (int i = 0; i < count; ++i) {
    in[i] = int(noise(i) % 2001) - 1000;
    wantPrefix[i] = in[i] + (i % wave ? wantPrefix[i - 1] : 0);
    wantTotal[i / wave] = wantPrefix[i];
  }
  for (int i = 0; i < count; ++i) {
    wantRows[i] = in[i ^ 15];
    wantHalves[i] = in[i ^ 7];
  }
  DeviceBuffer<int> input(in), prefix(count), total(count / wave), rows(count), halves(count);
  waveSums<<<2, 256>>>(input.data(), prefix.data(), total.data());
  checkLaunch();
  reverseRows<<<4, 128>>>(input.data(), rows.data(), halves.data());
  checkLaunch();
  requireEqual("prefix sums by DPP", prefix.read(), wantPrefix);
  requireEqual("wave sums by DPP", total.read(), wantTotal);
  requireEqual("mirrored rows", rows.read(), wantRows);
  requireEqual("mirrored halves of rows", halves.read(), wantHalves);
}
