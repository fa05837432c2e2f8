#include "emulator/isa/run/ThreadPool.h"

#include <algorithm>

namespace qcc::emulator::isa {

ThreadPool &ThreadPool::instance() {
  static ThreadPool pool;
  return pool;
}

ThreadPool::ThreadPool() {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  for (unsigned n = 1; n < cores; ++n) {
    workers.emplace_back([this] { loop(); });
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(mutex);
    ending = true;
  }
  wake.notify_all();
  for (std::thread &worker : workers) {
    worker.join();
  }
}

void ThreadPool::loop() {
  std::unique_lock lock(mutex);
  while (true) {
    wake.wait(lock, [this] { return ending || toStart > 0; });
    if (ending) {
      return;
    }
    --toStart;
    ++running;
    const std::function<void()> *work = task;
    lock.unlock();
    (*work)();
    lock.lock();
    --running;
    done.notify_all();
  }
}

void ThreadPool::run(unsigned threads, const std::function<void()> &work) {
  std::lock_guard caller(oneTask);
  {
    std::lock_guard lock(mutex);
    task = &work;
    toStart = std::min<unsigned>(threads - 1, static_cast<unsigned>(workers.size()));
  }
  if (threads > 1) {
    wake.notify_all();
  }
  work();
  std::unique_lock lock(mutex);
  toStart = 0; // nothing is left for who has not started yet
  done.wait(lock, [this] { return running == 0; });
}

} // namespace qcc::emulator::isa
