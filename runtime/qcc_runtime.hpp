// C++ over qcc_runtime.h: objects that release themselves, errors as exceptions, spans and strings
// in place of pointers and lengths. Header only, C++20. What each function does is documented
// there.
#pragma once

#include "qcc_runtime.h"

#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace qcc::api {

/// A status that is not QCC_OK.
class Error : public std::runtime_error {
public:
  Error(qcc_status_code code, const char *message)
      : std::runtime_error(message ? message : ""), statusCode(code) {}
  qcc_status_code code() const { return statusCode; }

private:
  qcc_status_code statusCode;
};

/// Throws `status` as an Error if it is one.
inline void check(qcc_status status) {
  if (status.code != QCC_OK) {
    Error error(status.code, status.message);
    qcc_status_release(&status);
    throw error;
  }
}

/// Owns an object of the C API.
template <typename T, void (*Release)(T *)> struct Releaser {
  void operator()(T *object) const { Release(object); }
};
template <typename T, void (*Release)(T *)> using Owned = std::unique_ptr<T, Releaser<T, Release>>;

/// Takes the content of a text and releases it.
inline std::string take(qcc_text text) {
  std::string copy(text.data, text.length);
  qcc_text_release(&text);
  return copy;
}

/// Takes the content of an array of tokens and releases it.
inline std::vector<uint32_t> take(qcc_tokens tokens) {
  std::vector<uint32_t> copy(tokens.ids, tokens.ids + tokens.count);
  qcc_tokens_release(&tokens);
  return copy;
}

class Device {
public:
  explicit Device(const qcc_device_params &params) {
    qcc_device *device;
    check(qcc_device_open(&params, &device));
    handle.reset(device);
  }
  /// Valid until the next call of info().
  qcc_device_info info() const {
    qcc_device_info info;
    qcc_device_get_info(handle.get(), &info);
    return info;
  }
  qcc_device *get() const { return handle.get(); }

private:
  Owned<qcc_device, qcc_device_release> handle;
};

class DeviceList {
public:
  explicit DeviceList(const char *hipLibrary) {
    qcc_device_list *list;
    check(qcc_device_list_create(hipLibrary, &list));
    handle.reset(list);
  }
  size_t size() const { return qcc_device_list_count(handle.get()); }
  qcc_device_info operator[](size_t index) const {
    qcc_device_info info;
    qcc_device_list_get(handle.get(), index, &info);
    return info;
  }

private:
  Owned<qcc_device_list, qcc_device_list_release> handle;
};

class Model {
public:
  explicit Model(const std::string &path) {
    qcc_model *model;
    check(qcc_model_open(path.c_str(), &model));
    handle.reset(model);
  }
  qcc_model_info info() const {
    qcc_model_info info;
    qcc_model_get_info(handle.get(), &info);
    return info;
  }
  std::vector<uint32_t> encode(std::string_view text, bool addSpecial = true) const {
    qcc_encode_params params;
    qcc_encode_params_initialize(&params);
    params.add_special = addSpecial;
    qcc_tokens tokens;
    check(qcc_model_encode(handle.get(), text.data(), text.size(), &params, &tokens));
    return take(tokens);
  }
  std::string decode(std::span<const uint32_t> tokens) const {
    qcc_text text;
    check(qcc_model_decode(handle.get(), tokens.data(), tokens.size(), &text));
    return take(text);
  }
  /// The prompt of a conversation; encode it with addSpecial off.
  std::string applyChatTemplate(std::span<const qcc_chat_message> messages) const {
    qcc_text text;
    check(qcc_model_apply_chat_template(handle.get(), messages.data(), messages.size(), &text));
    return take(text);
  }
  qcc_model *get() const { return handle.get(); }

private:
  Owned<qcc_model, qcc_model_release> handle;
};

/// Decodes tokens one at a time; see qcc_decoder.
class Decoder {
public:
  explicit Decoder(const Model &model, bool continues = false) {
    qcc_decoder *decoder;
    check(qcc_decoder_create(model.get(), continues, &decoder));
    handle.reset(decoder);
  }
  std::string push(uint32_t token) {
    qcc_text text;
    check(qcc_decoder_push(handle.get(), token, &text));
    return take(text);
  }
  std::string finish() {
    qcc_text text;
    check(qcc_decoder_finish(handle.get(), &text));
    return take(text);
  }

private:
  Owned<qcc_decoder, qcc_decoder_release> handle;
};

/// Picks tokens from logits; see qcc_sampler.
class Sampler {
public:
  explicit Sampler(const qcc_sampler_params &params) {
    qcc_sampler *sampler;
    check(qcc_sampler_create(&params, &sampler));
    handle.reset(sampler);
  }
  uint32_t sample(std::span<const float> logits, std::span<const uint32_t> history = {}) {
    uint32_t token;
    check(qcc_sampler_sample(handle.get(), logits.data(), static_cast<uint32_t>(logits.size()),
                             history.data(), history.size(), &token));
    return token;
  }

private:
  Owned<qcc_sampler, qcc_sampler_release> handle;
};

/// A qcc_generate_result that owns its content.
struct Generation {
  qcc_finish_reason finishReason;
  std::vector<uint32_t> tokens;
  std::string text;
  double prefillSeconds;
  uint32_t decodeSteps;
  double decodeSeconds;
};

class Session {
public:
  /// `progress` may be empty; see qcc_session_params.
  Session(const Device &device, const Model &model,
          std::function<void(uint64_t done, uint64_t total)> progress = {}) {
    qcc_session_params params;
    qcc_session_params_initialize(&params);
    if (progress) {
      params.progress = [](void *userData, uint64_t done, uint64_t total) {
        (*static_cast<decltype(progress) *>(userData))(done, total);
      };
      params.user_data = &progress;
    }
    qcc_session *session;
    check(qcc_session_create(device.get(), model.get(), &params, &session));
    handle.reset(session);
  }
  /// See qcc_session_notice.
  std::string notice() const { return qcc_session_notice(handle.get()); }
  uint32_t addSequence() {
    uint32_t sequence;
    check(qcc_session_add_sequence(handle.get(), &sequence));
    return sequence;
  }
  void removeSequence(uint32_t sequence) {
    check(qcc_session_remove_sequence(handle.get(), sequence));
  }
  void resetSequence(uint32_t sequence) {
    check(qcc_session_reset_sequence(handle.get(), sequence));
  }
  void truncateSequence(uint32_t sequence, uint32_t length) {
    check(qcc_session_truncate_sequence(handle.get(), sequence, length));
  }
  uint32_t sequenceLength(uint32_t sequence) {
    uint32_t length;
    check(qcc_session_sequence_length(handle.get(), sequence, &length));
    return length;
  }
  void prefill(uint32_t sequence, std::span<const uint32_t> tokens) {
    check(qcc_session_prefill(handle.get(), sequence, tokens.data(), tokens.size()));
  }
  /// One token for each of `sequences`.
  void decode(std::span<const uint32_t> sequences, std::span<const uint32_t> tokens) {
    if (sequences.size() != tokens.size()) {
      throw Error(QCC_INVALID_ARGUMENT, "decode takes one token for each sequence.");
    }
    check(qcc_session_decode(handle.get(), sequences.data(), tokens.data(), tokens.size()));
  }
  void step(std::span<const qcc_row> rows) {
    check(qcc_session_step(handle.get(), rows.data(), rows.size()));
  }
  /// Logits row `row`; the caller knows its length, the model's vocabulary_size.
  const float *logits(uint32_t row) {
    const float *logits;
    check(qcc_session_logits(handle.get(), row, &logits));
    return logits;
  }
  /// See qcc_session_set_sampler.
  void setSampler(uint32_t sequence, const qcc_sampler_params &params,
                  std::span<const uint32_t> history = {}) {
    check(qcc_session_set_sampler(handle.get(), sequence, &params, history.data(), history.size()));
  }
  /// prefill, and the token that the device picks after it.
  uint32_t prefillAndSample(uint32_t sequence, std::span<const uint32_t> tokens) {
    uint32_t token;
    check(qcc_session_prefill_and_sample(handle.get(), sequence, tokens.data(), tokens.size(),
                                         &token));
    return token;
  }
  /// decode, and the tokens that the device picks after it.
  std::vector<uint32_t> decodeAndSample(std::span<const uint32_t> sequences,
                                        std::span<const uint32_t> tokens) {
    if (sequences.size() != tokens.size()) {
      throw Error(QCC_INVALID_ARGUMENT, "decode takes one token for each sequence.");
    }
    std::vector<uint32_t> picked(tokens.size());
    check(qcc_session_decode_and_sample(handle.get(), sequences.data(), tokens.data(),
                                        tokens.size(), picked.data()));
    return picked;
  }
  /// See qcc_generate.
  Generation generate(uint32_t sequence, std::span<const uint32_t> prompt,
                      const qcc_generate_params &params) {
    qcc_generate_result result;
    check(qcc_generate(handle.get(), sequence, prompt.data(), prompt.size(), &params, &result));
    return {result.finish_reason,   take(result.tokens), take(result.text),
            result.prefill_seconds, result.decode_steps, result.decode_seconds};
  }
  qcc_session *get() const { return handle.get(); }

private:
  Owned<qcc_session, qcc_session_release> handle;
};

} // namespace qcc::api
