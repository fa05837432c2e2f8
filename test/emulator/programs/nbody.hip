// Gravity between bodies, tile by tile through LDS, with the reciprocal square root; momentum is
// conserved.
#include "Check.h"

constexpr int tile = 64;
constexpr float softening = 1e-2f;

__global__ void accelerate(const float4 *bodies, float4 *accelerations, int count) {
  __shared__ float4 others[tile];
  int i = blockIdx.x * tile + threadIdx.x;
  float4 me = bodies[i];
  float3 sum = make_float3(0, 0, 0);
  for (int first = 0; first < count; first += tile) {
    others[threadIdx.x] = bodies[first + threadIdx.x];
    __syncthreads();
    for (int j = 0; j < tile; ++j) {
      float dx = others[j].x - me.x, dy = others[j].y - me.y, dz = others[j].z - me.z;
      float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + softening);
      float pull = others[j].w * inverse * inverse * inverse;
      sum.x += dx * pull;
      sum.y += dy * pull;
      sum.z += dz * pull;
    }
    __syncthreads();
  }
  accelerations[i] = make_float4(sum.x, sum.y, sum.z, 0);
}

int main() {
  const int count = 192;
  std::vector<float> values = noiseVector(4 * count);
  std::vector<float4> bodies(count);
  for (int i = 0; i < count; ++i) {
    bodies[i] =
        make_float4(values[4 * i], values[4 * i + 1], values[4 * i + 2], 2 + values[4 * i + 3]);
  }
  DeviceBuffer<float4> input(bodies), output(count);
  accelerate<<<count / tile, tile>>>(input.data(), output.data(), count);
  checkLaunch();
  std::vector<float> got;
  std::vector<double> want;
  double momentum = 0;
  std::vector<float4> accelerations = output.read();
  for (int i = 0; i < count; ++i) {
    double sum[3] = {};
    for (int j = 0; j < count; ++j) {
      double d[3] = {double(bodies[j].x) - bodies[i].x, double(bodies[j].y) - bodies[i].y,
                     double(bodies[j].z) - bodies[i].z};
      double inverse = 1 / std::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + softening);
      for (int axis = 0; axis < 3; ++axis) {
        sum[axis] += d[axis] * bodies[j].w * inverse * inverse * inverse;
      }
    }
    want.insert(want.end(), sum, sum + 3);
    got.insert(got.end(), {accelerations[i].x, accelerations[i].y, accelerations[i].z});
    momentum += accelerations[i].x * bodies[i].w;
  }
  // Hundreds of terms of about 1000, each rounded to 2^-24.
  requireClose("accelerations", got, want, 1e-3);
  require(std::fabs(momentum) < 0.1, "forces should cancel");
}
