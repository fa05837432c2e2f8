#include "runtime/api/Handles.h"

using namespace qcc;
using namespace qcc::runtime;

void qcc_encode_params_initialize(qcc_encode_params *params) {
  *params = {true, true};
}

qcc_status qcc_model_encode(const qcc_model *model, const char *text, size_t length,
                            const qcc_encode_params *params, qcc_tokens *out_tokens) {
  *out_tokens = {};
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(const text::Tokenizer *tokenizer, model->model->requireTokenizer());
    text::EncodeOptions options;
    if (params) {
      options = {params->add_special, params->parse_special};
    }
    QCC_TRY_ASSIGN(auto ids, tokenizer->encode(std::string_view(text, length), options));
    QCC_TRY_ASSIGN(*out_tokens, api::copyTokens(ids));
    return {};
  });
}

qcc_status qcc_model_decode(const qcc_model *model, const uint32_t *tokens, size_t count,
                            qcc_text *out_text) {
  *out_text = {};
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(const text::Tokenizer *tokenizer, model->model->requireTokenizer());
    QCC_TRY_ASSIGN(*out_text, api::copyText(tokenizer->decode(std::span(tokens, count))));
    return {};
  });
}

qcc_status qcc_decoder_create(const qcc_model *model, bool continues, qcc_decoder **out_decoder) {
  *out_decoder = nullptr;
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(const text::Tokenizer *tokenizer, model->model->requireTokenizer());
    *out_decoder = new qcc_decoder{model->model, text::StreamDecoder(*tokenizer, continues)};
    return {};
  });
}

void qcc_decoder_release(qcc_decoder *decoder) {
  delete decoder;
}

qcc_status qcc_decoder_push(qcc_decoder *decoder, uint32_t token, qcc_text *out_text) {
  *out_text = {};
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(*out_text, api::copyText(decoder->decoder.push(token)));
    return {};
  });
}

qcc_status qcc_decoder_finish(qcc_decoder *decoder, qcc_text *out_text) {
  *out_text = {};
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(*out_text, api::copyText(decoder->decoder.finish()));
    return {};
  });
}

qcc_status qcc_model_apply_chat_template(const qcc_model *model, const qcc_chat_message *messages,
                                         size_t count, qcc_text *out_text) {
  *out_text = {};
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(const text::Tokenizer *tokenizer, model->model->requireTokenizer());
    QCC_TRY_ASSIGN(const text::ChatTemplate *chatTemplate, tokenizer->chatTemplate());
    std::vector<text::ChatMessage> conversation;
    for (const qcc_chat_message &message : std::span(messages, count)) {
      conversation.push_back({message.role, message.content});
    }
    QCC_TRY_ASSIGN(std::string prompt, chatTemplate->render(conversation, true));
    QCC_TRY_ASSIGN(*out_text, api::copyText(prompt));
    return {};
  });
}
