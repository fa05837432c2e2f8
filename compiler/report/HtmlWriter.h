// Writes HTML and SVG: every element that is opened is closed, text and attributes are escaped.
// What comes out is well-formed XML too.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <utility>
#include <vector>

namespace qcc::report {

using Attributes = std::vector<std::pair<std::string, std::string>>;

class HtmlWriter {
public:
  explicit HtmlWriter(llvm::raw_ostream &out) : out(out) {}

  /// `<name attributes>`, what `content` writes, `</name>`.
  void element(llvm::StringRef name, const Attributes &attributes,
               llvm::function_ref<void()> content);
  void element(llvm::StringRef name, llvm::function_ref<void()> content) {
    element(name, {}, content);
  }
  /// An element that holds text.
  void text(llvm::StringRef name, const Attributes &attributes, llvm::StringRef text);
  void text(llvm::StringRef name, llvm::StringRef content) { text(name, {}, content); }
  /// An element that holds nothing: `<meta .../>`, `<path .../>`.
  void empty(llvm::StringRef name, const Attributes &attributes);
  /// Text beside elements.
  void write(llvm::StringRef text);
  /// A style sheet, which holds no markup.
  void style(llvm::StringRef sheet);

private:
  void open(llvm::StringRef name, const Attributes &attributes, llvm::StringRef end);
  void escape(llvm::StringRef text);

  llvm::raw_ostream &out;
};

} // namespace qcc::report
