// Byte-pair encoding of words: starts from characters and joins neighbours by the merge of lowest
// rank, leftmost first, until none applies. O(n log n) in the length of a word.
#pragma once

#include "runtime/Status.h"
#include "runtime/text/Vocabulary.h"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qcc::text {

namespace fb {
struct BytePairModel;
struct Merge;
} // namespace fb

class BytePairModel {
public:
  /// Working memory of `encode`, to be used again for the next word; one a thread.
  class Scratch {
    friend class BytePairModel;

    /// A piece of the word so far, in a doubly linked list; `id` is `gone` once it was joined.
    struct Symbol {
      std::uint32_t id;
      std::uint32_t previous;
      std::uint32_t next;
    };
    /// A merge that may be done: the symbol at `position` and its next were `left` and `right`.
    struct Candidate {
      std::uint32_t rank;
      std::uint32_t position;
      std::uint32_t left;
      std::uint32_t right;
      std::uint32_t result;
    };
    std::vector<Symbol> symbols;
    std::vector<Candidate> queue; // a heap, lowest (rank, position) first
  };

  /// Checks the tables of a verified section, which must outlive the model. Error: Corrupt.
  static Result<BytePairModel> load(const fb::BytePairModel &section, const Vocabulary &vocabulary);

  /// Appends the ids of a word, well-formed UTF-8 of fewer than 2^32 bytes.
  void encode(std::string_view word, Scratch &scratch, std::vector<std::uint32_t> &ids) const;

private:
  BytePairModel(const fb::BytePairModel &section, const Vocabulary &vocabulary)
      : section(&section), vocabulary(vocabulary) {}

  Status loadMerges();
  Status checkIds() const;
  void loadCharacters();

  void pushCharacters(std::string_view word, Scratch &scratch) const;
  void pushUnknown(std::string_view character, Scratch &scratch) const;
  const fb::Merge *findMerge(std::uint32_t left, std::uint32_t right) const;
  void propose(Scratch &scratch, std::uint32_t position) const;
  void mergeAll(Scratch &scratch) const;
  void join(Scratch &scratch, const Scratch::Candidate &candidate) const;

  const fb::BytePairModel *section;
  Vocabulary vocabulary;
  std::vector<std::uint32_t>
      mergeStarts; // merges of left piece i: [mergeStarts[i], mergeStarts[i+1])
  std::unordered_map<char32_t, std::uint32_t> characters; // pieces of one character
};

} // namespace qcc::text
