#include "runtime/api/Handles.h"

using namespace qcc;
using namespace qcc::runtime;

text::SamplingOptions api::samplingOf(const qcc_sampler_params &params) {
  text::SamplingOptions options;
  options.repetitionPenalty = params.repetition_penalty;
  options.temperature = params.temperature;
  options.topK = params.top_k;
  options.topP = params.top_p;
  options.minP = params.min_p;
  options.seed = params.seed;
  return options;
}

void qcc_sampler_params_initialize(qcc_sampler_params *params) {
  *params = {1.0f, 0.0f, 0, 1.0f, 0.0f, 0};
}

qcc_status qcc_sampler_create(const qcc_sampler_params *params, qcc_sampler **out_sampler) {
  *out_sampler = nullptr;
  return api::guarded([&]() -> Status {
    text::SamplingOptions options = params ? api::samplingOf(*params) : text::SamplingOptions();
    QCC_TRY_ASSIGN(text::Sampler sampler, text::Sampler::create(options));
    *out_sampler = new qcc_sampler{std::move(sampler)};
    return {};
  });
}

void qcc_sampler_release(qcc_sampler *sampler) {
  delete sampler;
}

qcc_status qcc_sampler_sample(qcc_sampler *sampler, const float *logits, uint32_t vocabulary_size,
                              const uint32_t *history, size_t history_count, uint32_t *out_token) {
  *out_token = 0;
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(*out_token, sampler->sampler.sample(std::span(logits, vocabulary_size),
                                                       std::span(history, history_count)));
    return {};
  });
}

void qcc_generate_params_initialize(qcc_generate_params *params) {
  *params = {};
  qcc_sampler_params_initialize(&params->sampler);
  params->max_tokens = 128;
}

/// The options of a C struct; its callback is called with its user data.
static GenerateOptions optionsOf(const qcc_generate_params &params) {
  GenerateOptions options;
  options.sampling = api::samplingOf(params.sampler);
  options.maxTokens = params.max_tokens;
  options.ignoreEndOfSequence = params.ignore_end_of_sequence;
  options.stopStrings.assign(params.stop_strings, params.stop_strings + params.stop_string_count);
  options.forcedTokens.assign(params.forced_tokens,
                              params.forced_tokens + params.forced_token_count);
  options.logits = !params.without_logits;
  if (params.callback) {
    options.callback = [&params](const GeneratedToken &generated) {
      // The text ends in a NUL as C expects, which a view does not promise.
      std::string text(generated.text);
      qcc_generated told = {generated.token, generated.index, text.c_str(), text.size(),
                            generated.logits.data()};
      return params.callback(params.user_data, &told);
    };
  }
  return options;
}

static_assert(int(FinishReason::MaxTokens) == QCC_FINISH_MAX_TOKENS);
static_assert(int(FinishReason::EndOfSequence) == QCC_FINISH_END_OF_SEQUENCE);
static_assert(int(FinishReason::StopString) == QCC_FINISH_STOP_STRING);
static_assert(int(FinishReason::ContextFull) == QCC_FINISH_CONTEXT_FULL);
static_assert(int(FinishReason::Callback) == QCC_FINISH_CALLBACK);

void qcc_generate_result_release(qcc_generate_result *result) {
  if (result) {
    qcc_tokens_release(&result->tokens);
    qcc_text_release(&result->text);
  }
}

qcc_status qcc_generate(qcc_session *session, uint32_t sequence, const uint32_t *prompt,
                        size_t prompt_count, const qcc_generate_params *params,
                        qcc_generate_result *out_result) {
  *out_result = {};
  qcc_status status = api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(Generation generation,
                   generate(*session->session, *session->model, sequence,
                            std::span(prompt, prompt_count),
                            params ? optionsOf(*params) : GenerateOptions()));
    out_result->finish_reason = static_cast<qcc_finish_reason>(generation.reason);
    out_result->prefill_seconds = generation.prefillSeconds;
    out_result->decode_steps = generation.decodeSteps;
    out_result->decode_seconds = generation.decodeSeconds;
    QCC_TRY_ASSIGN(out_result->tokens, api::copyTokens(generation.tokens));
    QCC_TRY_ASSIGN(out_result->text, api::copyText(generation.text));
    return {};
  });
  if (status.code != QCC_OK) {
    qcc_generate_result_release(out_result);
    *out_result = {};
  }
  return status;
}
