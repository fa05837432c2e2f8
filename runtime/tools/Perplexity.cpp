#include "runtime/tools/Perplexity.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace qcc::qrun {

static std::string readFile(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    throw api::Error(QCC_NOT_FOUND, (path + ": cannot open it.").c_str());
  }
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

/// The parts of `text` between separators, which are left out.
static std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  while (true) {
    size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + separator.size());
  }
}

PerplexityCorpus readTextCorpus(const api::Model &model, const std::string &path) {
  std::string content = readFile(path);
  if (content.ends_with('\n')) {
    content.pop_back();
  }
  qcc_model_info info = model.info();
  PerplexityCorpus corpus;
  for (std::string_view document : split(content, "\n<|endoftext|>\n")) {
    std::vector<uint32_t> ids = model.encode(document);
    if (info.end_of_sequence_count != 0 && (ids.empty() || ids.back() != info.end_of_sequence[0])) {
      ids.push_back(info.end_of_sequence[0]);
    }
    corpus.sequences.push_back(std::move(ids));
    corpus.textBytes += document.size();
  }
  return corpus;
}

PerplexityCorpus readTokenCorpus(const std::string &path) {
  std::string content = readFile(path);
  PerplexityCorpus corpus;
  for (std::string_view line : split(content, "\n")) {
    std::vector<uint32_t> ids;
    const char *next = line.data();
    const char *end = line.data() + line.size();
    while (true) {
      next = std::find_if_not(next, end, [](char c) { return c == ' ' || c == ',' || c == '\r'; });
      if (next == end) {
        break;
      }
      auto parsed = std::from_chars(next, end, ids.emplace_back());
      if (parsed.ec != std::errc()) {
        throw api::Error(QCC_INVALID_ARGUMENT,
                         (path + ": line " + std::to_string(corpus.sequences.size() + 1) +
                          " holds something else than token ids; separate ids by spaces.")
                             .c_str());
      }
      next = parsed.ptr;
    }
    corpus.sequences.push_back(std::move(ids));
  }
  return corpus;
}

/// -ln of the probability that `logits` give `token`.
static double negativeLogLikelihood(std::span<const float> logits, uint32_t token) {
  double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (float logit : logits) {
    sum += std::exp(logit - largest);
  }
  return std::log(sum) + largest - logits[token];
}

namespace {

/// Scores the windows of one sequence slot.
class Scorer {
public:
  Scorer(api::Session &session, const qcc_model_info &model)
      : session(session), model(model), slot(session.addSequence()) {}

  /// Feeds inputs ids[begin..end) and adds up the targets after ids[firstScored].
  void scoreWindow(std::span<const uint32_t> ids, size_t begin, size_t end, size_t firstScored) {
    session.resetSequence(slot);
    for (size_t done = begin; done < end;) {
      size_t stop = std::min<size_t>(end, done + model.row_capacity);
      scoreStep(ids, done, stop, firstScored);
      done = stop;
    }
  }

  PerplexityResult result;

private:
  void scoreStep(std::span<const uint32_t> ids, size_t begin, size_t end, size_t firstScored) {
    std::vector<qcc_row> rows;
    for (size_t i = begin; i < end; ++i) {
      rows.push_back({slot, ids[i], i >= firstScored});
    }
    session.step(rows);
    uint32_t logitRow = 0;
    for (size_t i = std::max(begin, firstScored); i < end; ++i) {
      std::span logits(session.logits(logitRow++), model.vocabulary_size);
      result.nats += negativeLogLikelihood(logits, ids[i + 1]);
      ++result.tokens;
    }
  }

  api::Session &session;
  const qcc_model_info &model;
  uint32_t slot;
};

} // namespace

PerplexityResult measurePerplexity(api::Session &session, const qcc_model_info &model,
                                   const PerplexityCorpus &corpus, uint32_t window,
                                   uint32_t stride) {
  auto start = std::chrono::steady_clock::now();
  Scorer scorer(session, model);
  size_t sequencesDone = 0;
  for (const std::vector<uint32_t> &ids : corpus.sequences) {
    size_t inputs = ids.empty() ? 0 : ids.size() - 1;
    size_t scored = 0;
    for (size_t begin = 0; scored < inputs; begin += stride) {
      size_t end = std::min<size_t>(begin + window, inputs);
      scorer.scoreWindow(ids, begin, end, scored);
      scored = end;
    }
    ++sequencesDone;
    if (isatty(STDERR_FILENO)) {
      std::fprintf(stderr, "\r%zu of %zu sequences", sequencesDone, corpus.sequences.size());
    }
  }
  if (isatty(STDERR_FILENO)) {
    std::fprintf(stderr, "\n");
  }
  scorer.result.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return scorer.result;
}

} // namespace qcc::qrun
