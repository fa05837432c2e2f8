// Reading JSON files of outside origin: the parser's exceptions stop here.
#pragma once

#include "runtime/Status.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

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

/// `value` as an id or a count. Throws on anything but a whole number below 2^32: the library would
/// convert a fraction, or a number out of range, without a word.
inline std::uint32_t wholeNumber(const Json &value) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > UINT32_MAX) {
    throw Json::type_error::create(302, "an id or a count is a whole number below 2^32", &value);
  }
  return static_cast<std::uint32_t>(value.get<std::uint64_t>());
}

/// The value at `key`, or `fallback` when it is absent or null. Throws on another type.
template <typename T> T valueOr(const Json &object, const char *key, T fallback) {
  auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return fallback;
  }
  if constexpr (std::is_same_v<T, std::uint32_t>) {
    return wholeNumber(*found);
  } else {
    return found->get<T>();
  }
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
