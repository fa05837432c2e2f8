#include "compiler/package/OrderedWork.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

using namespace qcc::package;

namespace {

/// What the threads share. Items are claimed in ascending order, so whoever waits for its turn
/// waits only for items that were claimed before.
class Turns {
public:
  explicit Turns(size_t count) : count(count) {}

  std::optional<size_t> claim() {
    std::lock_guard lock(mutex);
    return failure || next == count ? std::nullopt : std::optional(next++);
  }

  /// Runs `consume` when all items before `item` are consumed; not at all if one of them failed.
  void take(size_t item, llvm::function_ref<void()> consume) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return turn == item || (failure && failedItem < item); });
    if (turn != item) {
      return;
    }
    lock.unlock();
    consume();
    lock.lock();
    ++turn;
    changed.notify_all();
  }

  /// Keeps `error` if no lower item has failed.
  void fail(size_t item, llvm::Error error) {
    std::lock_guard lock(mutex);
    if (failure && failedItem < item) {
      llvm::consumeError(std::move(error));
      return;
    }
    llvm::consumeError(std::move(failure));
    failure = std::move(error);
    failedItem = item;
    changed.notify_all();
  }

  llvm::Error takeFailure() { return std::move(failure); }

private:
  std::mutex mutex;
  std::condition_variable changed;
  size_t count, next = 0, turn = 0, failedItem = 0;
  llvm::Error failure = llvm::Error::success();
};

} // namespace

llvm::Error qcc::package::forEachInOrder(
    size_t count, unsigned threads,
    llvm::function_ref<llvm::Error(size_t item, std::vector<uint8_t> &buffer)> produce,
    llvm::function_ref<void(size_t item, llvm::ArrayRef<uint8_t> buffer)> consume) {
  Turns turns(count);
  auto work = [&] {
    std::vector<uint8_t> buffer;
    while (std::optional<size_t> item = turns.claim()) {
      if (llvm::Error error = produce(*item, buffer)) {
        turns.fail(*item, std::move(error));
        return;
      }
      turns.take(*item, [&] { consume(*item, buffer); });
    }
  };
  if (threads == 0) {
    threads = std::max(1u, std::thread::hardware_concurrency());
  }
  std::vector<std::thread> others;
  for (size_t i = 1; i < std::min<size_t>(threads, count); ++i) {
    others.emplace_back(work);
  }
  work();
  for (std::thread &thread : others) {
    thread.join();
  }
  return turns.takeFailure();
}
