// The f32 functions of the device library against the host's doubles, at the accuracy that HIP
// documents for each.
#include "Check.h"

constexpr int functions = 12;

__global__ void evaluate(const float *in, float *out, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) {
    return;
  }
  float x = in[i], *y = out + i * functions;
  y[0] = expf(x);
  y[1] = logf(x);
  y[2] = sinf(x);
  y[3] = cosf(x);
  y[4] = tanhf(x);
  y[5] = powf(x, 1.7f);
  y[6] = sqrtf(x);
  y[7] = erff(x);
  y[8] = atan2f(x, 2.0f);
  y[9] = cbrtf(x);
  y[10] = log1pf(x);
  y[11] = 1 / x;
}

int main() {
  const int count = 240;
  std::vector<float> in(count);
  std::vector<double> want;
  for (int i = 0; i < count; ++i) {
    in[i] = std::ldexp(1 + float(noise(i) & 0xffff) / 0x10000, i % 10 - 6);
    double x = in[i];
    double values[functions] = {std::exp(x),  std::log(x),   std::sin(x),
                                std::cos(x),  std::tanh(x),  std::pow(x, double(1.7f)),
                                std::sqrt(x), std::erf(x),   std::atan2(x, 2.0),
                                std::cbrt(x), std::log1p(x), 1 / x};
    want.insert(want.end(), values, values + functions);
  }
  DeviceBuffer<float> input(in), output(count * functions);
  evaluate<<<2, 128>>>(input.data(), output.data(), count);
  checkLaunch();
  // 4 units of 2^-23 cover what HIP promises for each of these.
  requireClose("a function", output.read(), want, 5e-7);
}
