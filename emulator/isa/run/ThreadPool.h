// Threads that stay for the life of the process and run one parallel task at a time.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace qcc::emulator::isa {

class ThreadPool {
public:
  /// One thread fewer than the host has cores: the caller of run() works as well.
  static ThreadPool &instance();

  /// Runs `work` on up to `threads` threads, the caller's among them, and returns when all are
  /// done. Calls from several threads wait for each other.
  void run(unsigned threads, const std::function<void()> &work);

  /// Threads that run() can use.
  unsigned size() const { return static_cast<unsigned>(workers.size()) + 1; }

  ~ThreadPool();

private:
  ThreadPool();
  void loop();

  std::vector<std::thread> workers;
  std::mutex oneTask; // held by the caller of run()
  std::mutex mutex;
  std::condition_variable wake, done;
  const std::function<void()> *task = nullptr;
  unsigned toStart = 0, running = 0;
  bool ending = false;
};

} // namespace qcc::emulator::isa
