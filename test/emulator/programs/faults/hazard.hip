// Hand-written assembly: a VALU instruction writes an SGPR that the next instruction, of vector
// memory, takes its address from; gfx9 needs five wait states in between (LLVM's
// GCNHazardRecognizer, VmemSgprWaitStates).
#include "../Check.h"

__global__ void load(const int *in, int *out) {
  int offset = threadIdx.x * 4, value;
  auto address = reinterpret_cast<unsigned long long>(in);
  int low = int(address), high = int(address >> 32);
  // One statement keeps the instructions together.
  asm volatile("v_readfirstlane_b32 s20, %1\nv_readfirstlane_b32 s21, %2\n" // fault: hazard
               "global_load_dword %0, %3, s[20:21]\ns_waitcnt vmcnt(0)"
               : "=&v"(value)
               : "v"(low), "v"(high), "v"(offset)
               : "s20", "s21", "memory");
  out[threadIdx.x] = value;
}

int main() {
  DeviceBuffer<int> in(64), out(64);
  load<<<1, 64>>>(in.data(), out.data());
  return hipDeviceSynchronize() != hipSuccess;
}
