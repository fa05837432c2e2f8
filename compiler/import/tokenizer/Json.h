// Reading JSON files of outside origin: the parser's exceptions stop here.
#pragma once

#include "runtime/Status.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace qcc::importer {

using Json = nlohmann::json;

/// Parses `text`. Error (Corrupt): it is not JSON, or nested more deeply than any configuration is,
/// so that code which follows its structure cannot run out of stack.
Result<Json> parseJson(std::string_view text);

/// Calls `read`, which may throw the parser's exceptions (a missing field, another type), and turns
/// one into Corrupt with the parser's words.
template <typename Read> Status guardJson(Read &&read) {
  try {
    return read();
  } catch (const Json::exception &error) {
    return {StatusCode::Corrupt, error.what()};
  }
}

/// An error with the file's name before its sentence, and a full stop after it; a success as it is.
inline Status inFile(std::string_view name, Status status) {
  if (!status.ok()) {
    status.message = std::string(name) + ": " + status.message;
    if (!status.message.ends_with('.')) {
      status.message += '.';
    }
  }
  return status;
}

/// The value at `key`, or `fallback` when it is absent or null. Throws on another type.
template <typename T> T valueOr(const Json &object, const char *key, T fallback) {
  auto found = object.find(key);
  return found == object.end() || found->is_null() ? fallback : found->get<T>();
}

/// The value at `key`; null when `object` is not an object or has none.
inline const Json &childOf(const Json &object, const char *key) {
  static const Json null;
  if (!object.is_object()) {
    return null;
  }
  auto found = object.find(key);
  return found == object.end() ? null : *found;
}

/// The error of a feature that is not supported.
inline Status unsupported(std::string feature) {
  return {StatusCode::Unavailable,
          feature + " is not supported; export the tokenizer without it, or name another one"};
}

} // namespace qcc::importer
