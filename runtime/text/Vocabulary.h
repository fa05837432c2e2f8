// The pieces of a tokenizer by id, and ids by piece, read in place from the section.
#pragma once

#include "runtime/Status.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace qcc::text {

namespace fb {
struct Vocabulary;
} // namespace fb

class Vocabulary {
public:
  /// Checks the tables of a verified section, which must outlive the vocabulary. Error: Corrupt.
  static Result<Vocabulary> load(const fb::Vocabulary &section);

  /// One more than the largest id.
  std::uint32_t size() const { return count; }
  /// The piece of an id; empty when the id is beyond the vocabulary.
  std::string_view piece(std::uint32_t id) const;
  /// How many pieces the model itself may produce, and the id of one of them, in byte order.
  std::uint32_t modelPieces() const;
  std::uint32_t modelPiece(std::uint32_t index) const;
  /// The id of a piece that the model may produce. Binary search.
  std::optional<std::uint32_t> find(std::string_view piece) const;

private:
  explicit Vocabulary(const fb::Vocabulary &section, std::uint32_t count)
      : section(&section), count(count) {}

  Status checkEnds() const;
  Status checkOrder() const;

  const fb::Vocabulary *section;
  std::uint32_t count;
};

} // namespace qcc::text
