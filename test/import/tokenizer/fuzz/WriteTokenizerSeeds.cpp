// Writes the seeds of fuzz_tokenizer: a folder of small tokenizers in each form that it reads.
#include "compiler/import/tokenizer/sentencepiece.pb.h"
#include "test/import/tokenizer/JsonTokenizers.h"

#include <iostream>

namespace {

using namespace qcc::importer;
using nlohmann::json;

/// A tokenizer.json with each kind of step, and a vocabulary of few pieces, so that it stays small.
json smallJson(bool byteLevel) {
  json vocabulary = {{"<unk>", 0}, {"\u2581", 1}, {"a", 2}, {"b", 3}, {"ab", 4}, {"\u2581ab", 5}};
  json space = {{"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", "first"}};
  json split = {{"type", "Split"},
                {"pattern", {{"Regex", R"(\p{L}+|\s+(?!\S))"}}},
                {"behavior", "MergedWithNext"},
                {"invert", true}};
  json digits = {{"type", "Digits"}, {"individual_digits", true}};
  json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"use_regex", true}};
  json replace = {{"type", "Replace"}, {"pattern", {{"String", "x"}}}, {"content", "ab"}};
  json steps = {split, digits, byteLevel ? bytes : space};
  return {{"added_tokens",
           {{{"id", 6}, {"content", "<|end|>"}, {"special", true}, {"lstrip", true}},
            {{"id", 7}, {"content", "cat"}, {"single_word", true}, {"normalized", true}}}},
          {"normalizer",
           {{"type", "Sequence"},
            {"normalizers", {{{"type", "NFKC"}}, {{"type", "Lowercase"}}, replace}}}},
          {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", steps}}},
          {"decoder", byteLevel ? bytes : space},
          {"model",
           {{"type", "BPE"},
            {"unk_token", "<unk>"},
            {"fuse_unk", true},
            {"vocab", vocabulary},
            {"merges", {"a b", "\u2581 ab"}}}}};
}

std::string smallModel() {
  qcc::sentencepiece::Model model;
  model.mutable_training()->set_algorithm(qcc::sentencepiece::Training::BPE);
  for (const char *text : {"<unk>", "<s>", "</s>", "ab", "\u2581", "a", "b"}) {
    qcc::sentencepiece::Piece *piece = model.add_pieces();
    piece->set_text(text);
    piece->set_score(-static_cast<float>(model.pieces_size()));
    piece->set_kind(text[0] == '<' ? qcc::sentencepiece::Piece::CONTROL
                                   : qcc::sentencepiece::Piece::NORMAL);
  }
  return model.SerializeAsString();
}

void write(const std::filesystem::path &path, char form, const std::string &content) {
  std::ofstream(path, std::ios::binary) << form << content;
}

} // namespace

int main(int count, char **arguments) {
  if (count != 2) {
    std::cerr << "usage: write_tokenizer_seeds FOLDER\n";
    return 1;
  }
  std::filesystem::path folder = arguments[1];
  std::filesystem::create_directories(folder);
  write(folder / "model", 'M', smallModel());
  for (bool byteLevel : {false, true}) {
    std::string name = byteLevel ? "bytes" : "spaces";
    json tokenizer = smallJson(byteLevel);
    write(folder / (name + "-json"), 'J', tokenizer.dump());
    TokenizerBytes section = imported(tokenizer).bytes;
    write(folder / (name + "-section"), 'S',
          std::string(reinterpret_cast<const char *>(section.data()), section.size()));
  }
  return 0;
}
