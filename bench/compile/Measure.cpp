#include "bench/compile/Measure.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace qcc::bench {

static double secondsOf(const timeval &time) {
  return time.tv_sec + time.tv_usec * 1e-6;
}

Measurement measure(std::vector<std::string> command) {
  std::vector<char *> arguments;
  for (std::string &word : command) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  int status = 0;
  rusage usage{};
  if (posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0 ||
      wait4(child, &status, 0, &usage) < 0) {
    return {};
  }
  std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, wall.count(),
          secondsOf(usage.ru_utime) + secondsOf(usage.ru_stime),
          static_cast<uint64_t>(usage.ru_maxrss) * 1024};
}

Machine thisMachine() {
  Machine machine;
  std::ifstream cpus("/proc/cpuinfo");
  for (std::string line; machine.processor.empty() && std::getline(cpus, line);) {
    if (line.starts_with("model name")) {
      machine.processor = line.substr(line.find(':') + 2);
    }
  }
  machine.cores = std::thread::hardware_concurrency();
  getloadavg(&machine.loadAverage, 1);
  return machine;
}

} // namespace qcc::bench
