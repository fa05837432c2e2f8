#include "runtime/api/Handles.h"

using namespace qcc;
using namespace qcc::runtime;

/// The characters of an optional string of the program.
static const char *textOf(const flatbuffers::String *string) {
  return string ? string->c_str() : "";
}

qcc_status qcc_model_open(const char *path, qcc_model **out_model) {
  *out_model = nullptr;
  return api::guarded([&]() -> Status {
    QCC_TRY_ASSIGN(auto model, Model::open(path));
    *out_model = new qcc_model{std::move(model)};
    return {};
  });
}

void qcc_model_release(qcc_model *model) {
  delete model;
}

void qcc_model_get_info(const qcc_model *model, qcc_model_info *out_info) {
  const fb::Program &program = model->model->package().program();
  const fb::Model &decoder = *program.model();
  const text::Tokenizer *tokenizer = model->model->tokenizer();
  *out_info = {};
  out_info->name = textOf(decoder.name());
  out_info->chip = textOf(program.chip());
  out_info->compiler = textOf(program.compiler());
  out_info->vocabulary_size = decoder.vocabulary_size();
  out_info->max_sequences = decoder.max_batch();
  out_info->max_context = decoder.max_context();
  out_info->row_capacity = program.state()->row_capacity();
  out_info->layers = decoder.layers();
  out_info->parameters = decoder.parameters();
  out_info->weight_bytes = program.weights_bytes();
  out_info->end_of_sequence = model->model->endOfSequence().data();
  out_info->end_of_sequence_count = model->model->endOfSequence().size();
  out_info->has_tokenizer = tokenizer != nullptr;
  out_info->has_chat_template = tokenizer && tokenizer->chatTemplate().ok();
}
