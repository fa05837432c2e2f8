// printf from kernels: every lane's own message, all kinds of arguments, strings, and more output
// than one packet holds. The program redirects its output into a file and reads it back.
#include "Check.h"

#include <algorithm>
#include <cassert>
#include <fstream>
#include <string>
#include <unistd.h>

__global__ void hello(int factor) {
  if (threadIdx.x % 3 == 0) {
    printf("lane %d of group %u: %d\n", int(threadIdx.x), unsigned(blockIdx.x),
           int(threadIdx.x) * factor);
  }
}

__global__ void kinds(const char *text, float value) {
  printf("%s|%-6d|%+.2f|%08x|%c|%lld|%hhu|%5.1f%%|%g|%s\n", text, -42, value, 0xbeef, 'q',
         -(1ll << 40), 255u + 7u, 12.25, 1e-5,
         "a constant that is longer than the fifty-six bytes of one packet of the device");
  printf("no argument\n");
  printf("%*d|%.*f\n", 7, 5, 3, 2.0 / 3);
}

__global__ void check(int limit) {
  assert(int(threadIdx.x) < limit && "a lane too many");
}

/// Lines of what `run` prints to stdout or stderr.
template <typename Run> std::vector<std::string> capture(FILE *stream, Run run) {
  char name[] = "/tmp/printf-XXXXXX";
  int file = mkstemp(name), saved = dup(fileno(stream));
  require(file >= 0 && saved >= 0, "no temporary file");
  std::fflush(stream);
  dup2(file, fileno(stream));
  run();
  std::fflush(stream);
  dup2(saved, fileno(stream));
  close(file);
  close(saved);
  std::ifstream in(name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  unlink(name);
  return lines;
}

void requireLines(std::vector<std::string> got, std::vector<std::string> want) {
  for (size_t i = 0; i < std::max(got.size(), want.size()); ++i) {
    if (i >= got.size() || i >= want.size() || got[i] != want[i]) {
      std::fprintf(stderr, "wrong: line %zu of %zu is \"%s\" and should be \"%s\" of %zu\n", i,
                   got.size(), i < got.size() ? got[i].c_str() : "",
                   i < want.size() ? want[i].c_str() : "", want.size());
      std::exit(1);
    }
  }
}

int main() {
  const int groups = 3, size = 70;
  std::vector<std::string> lines = capture(stdout, [&] { hello<<<groups, size>>>(10); }), want;
  for (int group = 0; group < groups; ++group) {
    for (int lane = 0; lane < size; lane += 3) {
      want.push_back("lane " + std::to_string(lane) + " of group " + std::to_string(group) + ": " +
                     std::to_string(lane * 10));
    }
  }
  std::sort(lines.begin(), lines.end());
  std::sort(want.begin(), want.end());
  requireLines(lines, want);

  const char text[] = "device text";
  DeviceBuffer<char> deviceText(std::vector<char>(text, text + sizeof(text)));
  requireLines(capture(stdout, [&] { kinds<<<1, 1>>>(deviceText.data(), 1.5f); }),
               {"device text|-42   |+1.50|0000beef|q|-1099511627776|6| 12.2%|1e-05|"
                "a constant that is longer than the fifty-six bytes of one packet of the device",
                "no argument", "      5|0.667"});
  CHECK_HIP(hipDeviceSynchronize());

  std::vector<std::string> complaint = capture(stderr, [&] { check<<<1, 32>>>(31); });
  require(hipDeviceSynchronize() == hipErrorLaunchFailure,
          "a failed assertion should end the kernel");
  require(!complaint.empty() && complaint[0].find("a lane too many") != std::string::npos,
          "a failed assertion should say so");
}
