// A random Llama-like decoder as ONNX Runtime GenAI's model builder writes one: the same operators,
// names, inputs and outputs.
#pragma once

#include "bench/generate_model/ModelShape.h"

namespace qcc::bench {

/// Writes model.onnx, model.onnx.data and genai_config.json into `folder`, which is made. Weights
/// are scaled so that activations keep about unit variance and logits stay small. The same shape
/// gives the same bytes. Fails when the shape contradicts itself or a file cannot be written.
Status writeModel(const ModelShape &shape, const std::string &folder);

} // namespace qcc::bench
