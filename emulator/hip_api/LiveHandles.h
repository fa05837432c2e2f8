// Handles given to a program, so that a stale or invented one is an error instead of a crash.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

namespace qcc::emulator {

/// The live objects of one kind, keyed by the pointer that the program holds. Safe from any thread;
/// an object that is being used stays alive through its shared pointer after it was destroyed.
template <typename T> class LiveHandles {
public:
  T *add(std::shared_ptr<T> object) {
    std::lock_guard lock(mutex);
    T *handle = object.get();
    objects[handle] = std::move(object);
    return handle;
  }

  /// Null when the handle is not live.
  std::shared_ptr<T> find(T *handle) const {
    std::lock_guard lock(mutex);
    auto it = objects.find(handle);
    return it == objects.end() ? nullptr : it->second;
  }

  /// Removes the handle and returns its object; null when it was not live.
  std::shared_ptr<T> remove(T *handle) {
    std::lock_guard lock(mutex);
    auto it = objects.find(handle);
    if (it == objects.end()) {
      return nullptr;
    }
    std::shared_ptr<T> object = std::move(it->second);
    objects.erase(it);
    return object;
  }

  /// Calls `function` with every live object, which must not add or remove any.
  template <typename Function> void forEach(Function function) const {
    std::lock_guard lock(mutex);
    for (const auto &[handle, object] : objects) {
      function(*object);
    }
  }

private:
  mutable std::mutex mutex;
  std::unordered_map<T *, std::shared_ptr<T>> objects;
};

} // namespace qcc::emulator
