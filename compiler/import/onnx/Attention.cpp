#include "compiler/import/onnx/Operators.h"
#include "compiler/import/onnx/Weights.h"

#include <cmath>

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

//===-- Rotary embedding ----------------------------------------------------------------------===//

namespace {
struct RotaryTables {
  Value cos, sin;
};
} // namespace

/// The tables in inputs `cos` and `cos` + 1, [positions, rotary / 2] each.
static llvm::Expected<RotaryTables> importTables(Node &node, int cos) {
  llvm::Expected<WeightValue> first = importFloatWeight(node, cos);
  if (!first) {
    return first.takeError();
  }
  llvm::Expected<WeightValue> second = importFloatWeight(node, cos + 1);
  if (!second) {
    return second.takeError();
  }
  qnt::WeightType type = first->getType();
  if (type != second->getType() || type.getShape().size() != 2) {
    return node.refuse("has cos and sin tables that are not matrices of one shape and type: export "
                       "it again");
  }
  int64_t &shortest = node.importer.rotaryPositions;
  shortest = shortest == 0 ? type.getRows() : std::min(shortest, type.getRows());
  return RotaryTables{*first, *second};
}

// com.microsoft has inputs X, position_ids, cos, sin; ONNX 23 has X, cos, sin, position_ids.
llvm::Error qcc::onnx_import::importRotaryEmbedding(Node &node) {
  bool contrib = node.proto.domain() == "com.microsoft";
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  if (llvm::Error error = checkPositions(node, node.input(contrib ? 1 : 3))) {
    return error;
  }
  llvm::Expected<RotaryTables> tables = importTables(node, contrib ? 2 : 1);
  if (!tables) {
    return tables.takeError();
  }
  if (node.integer("is_packed_batching", 0) != 0 || node.real("scale", 1.0) != 1.0) {
    return node.refuse("has packed batching or a scale, which are not supported");
  }
  // Without num_heads the tables cover whole heads.
  int64_t rotary = 2 * cast<qnt::WeightType>(tables->cos.getType()).getColumns();
  int64_t heads = node.integer("num_heads", 0), features = featuresOf(*input);
  int64_t headSize = heads == 0 ? rotary : heads > 0 ? features / heads : 0;
  int64_t stated = node.integer("rotary_embedding_dim", 0);
  if (headSize < 1 || features % headSize != 0 || rotary > headSize ||
      (stated != 0 && stated != rotary)) {
    return node.refuse("rotates " + llvm::Twine(rotary) +
                       " elements of each head, which does not "
                       "fit its " +
                       llvm::Twine(features) + " features: export it again");
  }
  node.define(0,
              lm::RopeOp::create(node.builder, node.loc, *input, node.importer.batch, tables->cos,
                                 tables->sin, headSize, node.integer("interleaved", 0) != 0));
  return llvm::Error::success();
}

//===-- Group query attention -----------------------------------------------------------------===//
// Inputs and attributes: onnxruntime, docs/ContribOperators.md, GroupQueryAttention.

namespace {
struct Heads {
  int64_t query = 0, keyValue = 0, size = 0;
};
} // namespace

/// Numbers and size of heads, from the attributes and the features of the query (packed with keys
/// and values where those are absent).
static llvm::Expected<Heads> readHeads(Node &node, Value query) {
  Heads heads{node.integer("num_heads", 0), node.integer("kv_num_heads", 0), 0};
  if (heads.query < 1 || heads.keyValue < 1 || heads.query >= maxExtent ||
      heads.keyValue >= maxExtent || heads.query % heads.keyValue != 0) {
    return node.refuse("has " + llvm::Twine(heads.query) + " heads for " +
                       llvm::Twine(heads.keyValue) + " key/value heads: export it again");
  }
  int64_t inQuery = heads.query + (node.input(1).empty() ? 2 * heads.keyValue : 0);
  if (featuresOf(query) % inQuery != 0) {
    return node.refuse("has " + llvm::Twine(featuresOf(query)) + " features for " +
                       llvm::Twine(inQuery) + " heads: export it again");
  }
  heads.size = featuresOf(query) / inQuery;
  return heads;
}

/// Refuses what would change the result and has no counterpart.
static llvm::Error checkSupported(Node &node) {
  static constexpr const char *extras[] = {"attention_bias", "head_sink",     "k_scale",
                                           "v_scale",        "q_norm_weight", "k_norm_weight"};
  for (auto [index, name] : llvm::enumerate(extras)) {
    if (!node.input(10 + index).empty()) {
      return node.refuse("has input " + llvm::Twine(name) +
                         ", which is not supported: export the model without it");
    }
  }
  bool quantizedCache =
      node.text("k_quant_type", "NONE") != "NONE" || node.text("v_quant_type", "NONE") != "NONE";
  if (node.integer("smooth_softmax", 0) > 0 || node.integer("qk_output", 0) != 0 ||
      node.integer("causal", 1) != 1 || quantizedCache) {
    return node.refuse("asks for smooth softmax, a QK output, non-causal attention or a quantized "
                       "cache, which are not supported: export it without");
  }
  if (llvm::Error error = checkSequenceLengths(node, node.input(5))) {
    return error;
  }
  if (llvm::Error error = checkTotalLength(node, node.input(6))) {
    return error;
  }
  return node.input(9).empty() ? llvm::Error::success() : checkPositions(node, node.input(9));
}

/// Checks the stated shape [batch, heads, past, head size] of a past tensor as far as it is
/// constant.
static llvm::Error checkPastShape(Node &node, const onnx::ValueInfoProto &past, Heads heads) {
  const onnx::TensorShapeProto &shape = past.type().tensor_type().shape();
  if (!past.type().tensor_type().has_shape()) {
    return llvm::Error::success();
  }
  auto matches = [&](int axis, int64_t expected) {
    return !shape.dim(axis).has_dim_value() || shape.dim(axis).dim_value() == expected;
  };
  if (shape.dim_size() != 4 || !matches(1, heads.keyValue) || !matches(3, heads.size)) {
    return node.refuse("has past '" + past.name() + "' of another shape than [batch, " +
                       llvm::Twine(heads.keyValue) + ", past, " + llvm::Twine(heads.size) +
                       "]: export it again");
  }
  return llvm::Error::success();
}

/// Checks that past and present are inputs and outputs of the graph, of one layer, and used once.
static llvm::Error checkCachePairing(Node &node, const LayerCache &layer, Heads heads) {
  const Graph &graph = node.importer.graph;
  const onnx::ValueInfoProto *key = graph.input(layer.pastKey);
  const onnx::ValueInfoProto *value = graph.input(layer.pastValue);
  if (!key || !value || !graph.output(layer.presentKey) || !graph.output(layer.presentValue)) {
    return node.refuse("has a cache that is not an input and an output of the graph: export the "
                       "model with past and present");
  }
  for (const LayerCache &other : node.importer.caches) {
    if (other.pastKey == layer.pastKey || other.pastValue == layer.pastValue) {
      return node.refuse("shares its cache '" + layer.pastKey +
                         "' with another layer, which is not supported");
    }
  }
  if (llvm::Error error = checkPastShape(node, *key, heads)) {
    return error;
  }
  return checkPastShape(node, *value, heads);
}

/// Sizes of the layer's window, 0 for none. The window counts the token itself, as Hugging Face's
/// sliding_window does, which GenAI's builder passes on.
static llvm::Expected<int64_t> readWindow(Node &node) {
  int64_t window = node.integer("local_window_size", -1);
  if (window >= maxExtent) {
    return node.refuse("has an impossible local_window_size: export it again");
  }
  return std::max<int64_t>(window, 0);
}

namespace {
/// The operands and numbers of a GroupQueryAttention, checked.
struct AttentionParts {
  Value query, key, value;
  RotaryTables tables;
  Heads heads;
  double scale = 0, softcap = 0;
  int64_t window = 0;
};
} // namespace

static llvm::Error readOperands(Node &node, AttentionParts &parts) {
  Value *operands[] = {&parts.query, &parts.key, &parts.value};
  bool packed = node.input(1).empty() && node.input(2).empty();
  for (int index = 0; index < (packed ? 1 : 3); ++index) {
    llvm::Expected<Value> operand = node.activation(index);
    if (!operand) {
      return operand.takeError();
    }
    *operands[index] = *operand;
  }
  llvm::Expected<Heads> heads = readHeads(node, parts.query);
  if (!heads) {
    return heads.takeError();
  }
  parts.heads = *heads;
  if (node.integer("do_rotary", 0) == 0) {
    return llvm::Error::success();
  }
  llvm::Expected<RotaryTables> tables = importTables(node, 7);
  if (!tables) {
    return tables.takeError();
  }
  parts.tables = *tables;
  int64_t rotary = 2 * cast<qnt::WeightType>(tables->cos.getType()).getColumns();
  if (rotary > parts.heads.size) {
    return node.refuse("rotates " + llvm::Twine(rotary) + " elements of heads of " +
                       llvm::Twine(parts.heads.size) + ": export it again");
  }
  return llvm::Error::success();
}

static llvm::Error readNumbers(Node &node, AttentionParts &parts) {
  llvm::Expected<int64_t> window = readWindow(node);
  if (!window) {
    return window.takeError();
  }
  parts.window = *window;
  parts.scale = node.real("scale", 0);
  if (parts.scale == 0) {
    parts.scale = 1 / std::sqrt(static_cast<double>(parts.heads.size));
  }
  parts.softcap = node.real("softcap", 0);
  if (!std::isfinite(parts.scale) || !std::isfinite(parts.softcap) || parts.softcap < 0) {
    return node.refuse("has a scale or softcap that is not a finite number: export it again");
  }
  return llvm::Error::success();
}

llvm::Error qcc::onnx_import::importGroupQueryAttention(Node &node) {
  AttentionParts parts;
  if (llvm::Error error = readOperands(node, parts)) {
    return error;
  }
  if (llvm::Error error = readNumbers(node, parts)) {
    return error;
  }
  if (llvm::Error error = checkSupported(node)) {
    return error;
  }
  LayerCache layer{
      node.input(3).str(), node.input(4).str(), node.output(1).str(), node.output(2).str(), {}};
  if (llvm::Error error = checkCachePairing(node, layer, parts.heads)) {
    return error;
  }
  Type element = elementOf(parts.query);
  auto cacheType = lm::CacheType::get(node.builder.getContext(), parts.heads.keyValue,
                                      parts.heads.size, node.importer.cacheElement(element), 0, 0);
  Value cache = node.importer.addCacheArgument(cacheType, node.loc);
  Type result = activationOf(parts.heads.query * parts.heads.size, element);
  auto attention = lm::GroupQueryAttentionOp::create(
      node.builder, node.loc, result, cacheType, parts.query, parts.key, parts.value, cache,
      node.importer.batch, parts.tables.cos, parts.tables.sin, parts.heads.query,
      llvm::APFloat(parts.scale), parts.window, llvm::APFloat(parts.softcap),
      node.integer("rotary_interleaved", 0) != 0);
  node.define(0, attention.getResult());
  layer.result = attention.getNewCache();
  node.importer.caches.push_back(std::move(layer));
  return llvm::Error::success();
}
