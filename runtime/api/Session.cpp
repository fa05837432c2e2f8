#include "runtime/api/Handles.h"

#include <algorithm>

using namespace qcc;
using namespace qcc::runtime;

void qcc_session_params_initialize(qcc_session_params *params) {
  *params = {};
}

qcc_status qcc_session_create(qcc_device *device, qcc_model *model,
                              const qcc_session_params *params, qcc_session **out_session) {
  *out_session = nullptr;
  return api::guarded([&]() -> Status {
    UploadProgress progress;
    if (params && params->progress) {
      progress = [params](uint64_t done, uint64_t total) {
        params->progress(params->user_data, done, total);
      };
    }
    QCC_TRY_ASSIGN(auto loaded, model->model->loadOn(device->device, progress));
    QCC_TRY_ASSIGN(auto session, Session::create(std::move(loaded)));
    *out_session = new qcc_session{model->model, std::move(session), {}};
    return {};
  });
}

void qcc_session_release(qcc_session *session) {
  delete session;
}

const char *qcc_session_notice(qcc_session *session) {
  session->notice = session->session->notice();
  return session->notice.c_str();
}

qcc_status qcc_session_add_sequence(qcc_session *session, uint32_t *out_sequence) {
  *out_sequence = 0;
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(*out_sequence, session->session->sequences().add());
    return {};
  });
}

qcc_status qcc_session_remove_sequence(qcc_session *session, uint32_t sequence) {
  return api::guarded([&] { return session->session->sequences().remove(sequence); });
}

qcc_status qcc_session_reset_sequence(qcc_session *session, uint32_t sequence) {
  return qcc_session_truncate_sequence(session, sequence, 0);
}

qcc_status qcc_session_truncate_sequence(qcc_session *session, uint32_t sequence, uint32_t length) {
  return api::guarded([&] { return session->session->sequences().truncate(sequence, length); });
}

qcc_status qcc_session_sequence_length(qcc_session *session, uint32_t sequence,
                                       uint32_t *out_length) {
  *out_length = 0;
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(*out_length, session->session->sequences().length(sequence));
    return {};
  });
}

qcc_status qcc_session_prefill(qcc_session *session, uint32_t sequence, const uint32_t *tokens,
                               size_t count) {
  return api::guarded(
      [&] { return session->session->prefill(sequence, std::span(tokens, count)); });
}

qcc_status qcc_session_decode(qcc_session *session, const uint32_t *sequences,
                              const uint32_t *tokens, size_t count) {
  return api::guarded([&] {
    return session->session->decode(std::span(sequences, count), std::span(tokens, count));
  });
}

qcc_status qcc_session_step(qcc_session *session, const qcc_row *rows, size_t count) {
  return api::guarded([&] {
    std::vector<TokenRow> converted;
    for (const qcc_row &row : std::span(rows, count)) {
      converted.push_back({row.sequence, row.token, row.want_logits});
    }
    return session->session->step(converted);
  });
}

qcc_status qcc_session_logits(qcc_session *session, uint32_t row, const float **out_logits) {
  *out_logits = nullptr;
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(std::span<const float> logits, session->session->logits(row));
    *out_logits = logits.data();
    return {};
  });
}

qcc_status qcc_session_set_sampler(qcc_session *session, uint32_t sequence,
                                   const qcc_sampler_params *params, const uint32_t *history,
                                   size_t history_count) {
  return api::guarded([&] {
    return session->session->setSampler(sequence,
                                        params ? api::samplingOf(*params) : text::SamplingOptions(),
                                        std::span(history, history_count));
  });
}

qcc_status qcc_session_prefill_and_sample(qcc_session *session, uint32_t sequence,
                                          const uint32_t *tokens, size_t count,
                                          uint32_t *out_token) {
  *out_token = 0;
  return api::guarded([&]() -> Status {
    QCC_TRY(session->session->prefill(sequence, std::span(tokens, count), StepOutput::Tokens));
    QCC_TRY_ASSIGN(*out_token, session->session->token(0));
    return {};
  });
}

qcc_status qcc_session_decode_and_sample(qcc_session *session, const uint32_t *sequences,
                                         const uint32_t *tokens, size_t count,
                                         uint32_t *out_tokens) {
  return api::guarded([&]() -> Status {
    std::vector<uint32_t> fed(tokens, tokens + count); // out_tokens may be the same memory
    std::fill_n(out_tokens, count, 0);
    QCC_TRY(session->session->decode(std::span(sequences, count), fed, StepOutput::Tokens));
    for (uint32_t row = 0; row < count; ++row) {
      QCC_TRY_ASSIGN(out_tokens[row], session->session->token(row));
    }
    return {};
  });
}
