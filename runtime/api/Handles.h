// What the opaque types of qcc_runtime.h are, and how results cross the border between C++ and C.
#pragma once

#include "runtime/generate/Generate.h"
#include "runtime/qcc_runtime.h"

#include <new>

struct qcc_device {
  std::shared_ptr<qcc::runtime::Device> device;
  qcc::runtime::DeviceInfo info; // what the last qcc_device_info points into
};

struct qcc_device_list {
  std::vector<qcc::runtime::DeviceInfo> devices;
};

struct qcc_model {
  std::shared_ptr<qcc::runtime::Model> model;
};

struct qcc_decoder {
  std::shared_ptr<const qcc::runtime::Model> model; // keeps the tokenizer
  qcc::text::StreamDecoder decoder;
};

struct qcc_session {
  std::shared_ptr<const qcc::runtime::Model> model;
  std::unique_ptr<qcc::runtime::Session> session;
  std::string notice; // what the last qcc_session_notice points to
};

struct qcc_sampler {
  qcc::text::Sampler sampler;
};

namespace qcc::runtime::api {

/// A status for C: the message is copied to where qcc_status_release frees it.
qcc_status toC(const Status &status);

/// The sampling options of a C struct.
text::SamplingOptions samplingOf(const qcc_sampler_params &params);

/// A NUL-terminated copy of `text` for C. Error: OutOfMemory.
Result<qcc_text> copyText(std::string_view text);

/// A copy of `ids` for C. Error: OutOfMemory.
Result<qcc_tokens> copyTokens(std::span<const uint32_t> ids);

/// Runs `body`, which returns a Status, and lets no exception pass into C: the standard library
/// throws when host memory is out.
template <typename Body> qcc_status guarded(Body body) {
  try {
    return toC(body());
  } catch (const std::bad_alloc &) {
    return toC({StatusCode::OutOfMemory, "The host is out of memory."});
  } catch (const std::exception &error) {
    return toC({StatusCode::DeviceFailure, std::string("Unexpected: ") + error.what() + "."});
  }
}

} // namespace qcc::runtime::api
