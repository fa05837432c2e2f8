// The runtime's one error type: a code and a sentence that names what failed, where, and the mend;
// and a value or such an error. Both are internal: the public form is `qcc_status` in
// qcc_runtime.h.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace qcc {

/// What kind of error a status is. The values are those of the C enum `qcc_status_code`, and they
/// are qrun's exit codes.
enum class StatusCode : int {
  Ok = 0,
  InvalidArgument = 1,    // an argument that no artifact and no device would take
  NotFound = 2,           // a file, tokenizer entry or sequence that does not exist
  Corrupt = 3,            // outside bytes that contradict their format or their checksum
  UnsupportedVersion = 4, // outside bytes of a format newer than this library
  WrongDevice = 5,        // the artifact was compiled for another chip
  NoDevice = 6,           // no HIP library, or a HIP library without a device
  OutOfMemory = 7,        // the device or the host has no room
  ContextFull = 8,        // a sequence would grow past the context that it was compiled for
  DeviceFailure = 9,      // the driver reported an error that none of the above names
  IoError = 10,           // the operating system refused to read or write a file
  Unavailable = 11,       // the artifact lacks what was asked for, for example a tokenizer
};

/// Success, or an error with one sentence. `message` is empty exactly when `code` is Ok.
struct [[nodiscard]] Status {
  StatusCode code = StatusCode::Ok;
  std::string message;

  /// Whether this is a success.
  bool ok() const { return code == StatusCode::Ok; }
};

/// A value of type T, or the error that kept it from being made. T must not be Status.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : content(std::move(value)) {}
  /// `error` must not be a success.
  Result(Status error) : content(std::move(error)) { assert(!std::get<Status>(content).ok()); }
  Result(StatusCode code, std::string message) : Result(Status{code, std::move(message)}) {}

  /// Whether there is a value.
  bool ok() const { return std::holds_alternative<T>(content); }
  explicit operator bool() const { return ok(); }

  /// The value; only when ok().
  T &operator*() & { return std::get<T>(content); }
  const T &operator*() const & { return std::get<T>(content); }
  T &&operator*() && { return std::get<T>(std::move(content)); }
  T *operator->() { return &std::get<T>(content); }
  const T *operator->() const { return &std::get<T>(content); }

  /// The error, or a success when there is a value.
  Status status() const { return ok() ? Status{} : std::get<Status>(content); }

private:
  std::variant<T, Status> content;
};

} // namespace qcc

/// Returns from the enclosing function with the error of `expression` (a Status), if it is one.
#define QCC_TRY(expression)                                                                        \
  do {                                                                                             \
    if (::qcc::Status qccStatus = (expression); !qccStatus.ok()) {                                 \
      return qccStatus;                                                                            \
    }                                                                                              \
  } while (false)

#define QCC_CONCAT_INNER(a, b) a##b
#define QCC_CONCAT(a, b) QCC_CONCAT_INNER(a, b)
#define QCC_TRY_ASSIGN_IMPL(result, declaration, expression)                                       \
  auto result = (expression);                                                                      \
  if (!result.ok()) {                                                                              \
    return result.status();                                                                        \
  }                                                                                                \
  declaration = *std::move(result)

/// Assigns the value of `expression` (a Result) to `declaration`, or returns its error:
/// `QCC_TRY_ASSIGN(auto file, openFile(path));`
#define QCC_TRY_ASSIGN(declaration, expression)                                                    \
  QCC_TRY_ASSIGN_IMPL(QCC_CONCAT(qccResult, __COUNTER__), declaration, expression)
