#include "runtime/api/Handles.h"

#include <cstdlib>
#include <cstring>

using namespace qcc;

// The codes of both worlds are the same.
static_assert(int(StatusCode::Ok) == QCC_OK);
static_assert(int(StatusCode::InvalidArgument) == QCC_INVALID_ARGUMENT);
static_assert(int(StatusCode::NotFound) == QCC_NOT_FOUND);
static_assert(int(StatusCode::Corrupt) == QCC_CORRUPT);
static_assert(int(StatusCode::UnsupportedVersion) == QCC_UNSUPPORTED_VERSION);
static_assert(int(StatusCode::WrongDevice) == QCC_WRONG_DEVICE);
static_assert(int(StatusCode::NoDevice) == QCC_NO_DEVICE);
static_assert(int(StatusCode::OutOfMemory) == QCC_OUT_OF_MEMORY);
static_assert(int(StatusCode::ContextFull) == QCC_CONTEXT_FULL);
static_assert(int(StatusCode::DeviceFailure) == QCC_DEVICE_FAILURE);
static_assert(int(StatusCode::IoError) == QCC_IO_ERROR);
static_assert(int(StatusCode::Unavailable) == QCC_UNAVAILABLE);

qcc_status runtime::api::toC(const Status &status) {
  if (status.ok()) {
    return {QCC_OK, nullptr};
  }
  return {static_cast<qcc_status_code>(status.code), strdup(status.message.c_str())};
}

Result<qcc_text> runtime::api::copyText(std::string_view text) {
  auto *data = static_cast<char *>(std::malloc(text.size() + 1));
  if (!data) {
    return {StatusCode::OutOfMemory, "The host is out of memory."};
  }
  std::memcpy(data, text.data(), text.size());
  data[text.size()] = '\0';
  return qcc_text{data, text.size()};
}

Result<qcc_tokens> runtime::api::copyTokens(std::span<const uint32_t> ids) {
  auto *copy = static_cast<uint32_t *>(std::malloc(std::max<size_t>(ids.size_bytes(), 1)));
  if (!copy) {
    return {StatusCode::OutOfMemory, "The host is out of memory."};
  }
  std::copy(ids.begin(), ids.end(), copy);
  return qcc_tokens{copy, ids.size()};
}

void qcc_status_release(qcc_status *status) {
  if (status) {
    std::free(status->message);
    *status = {QCC_OK, nullptr};
  }
}

const char *qcc_runtime_version(void) {
  return QCC_VERSION;
}

void qcc_tokens_release(qcc_tokens *tokens) {
  if (tokens) {
    std::free(tokens->ids);
    *tokens = {};
  }
}

void qcc_text_release(qcc_text *text) {
  if (text) {
    std::free(text->data);
    *text = {};
  }
}
