#include "compiler/report/HtmlWriter.h"

using namespace qcc::report;

void HtmlWriter::escape(llvm::StringRef text) {
  for (char c : text) {
    switch (c) {
    case '&':
      out << "&amp;";
      break;
    case '<':
      out << "&lt;";
      break;
    case '>':
      out << "&gt;";
      break;
    case '"':
      out << "&quot;";
      break;
    default:
      out << c;
    }
  }
}

void HtmlWriter::open(llvm::StringRef name, const Attributes &attributes, llvm::StringRef end) {
  out << '<' << name;
  for (const auto &[key, value] : attributes) {
    out << ' ' << key << "=\"";
    escape(value);
    out << '"';
  }
  out << end;
}

void HtmlWriter::element(llvm::StringRef name, const Attributes &attributes,
                         llvm::function_ref<void()> content) {
  open(name, attributes, ">");
  content();
  out << "</" << name << ">\n";
}

void HtmlWriter::text(llvm::StringRef name, const Attributes &attributes, llvm::StringRef text) {
  element(name, attributes, [&] { escape(text); });
}

void HtmlWriter::empty(llvm::StringRef name, const Attributes &attributes) {
  open(name, attributes, "/>\n");
}

void HtmlWriter::write(llvm::StringRef text) {
  escape(text);
}

void HtmlWriter::style(llvm::StringRef sheet) {
  out << "<style>" << sheet << "</style>\n";
}
