#include "compiler/report/Page.h"

#include "compiler/report/PageStyle.h"
#include "compiler/report/RooflinePlot.h"
#include "llvm/Support/FormatVariadic.h"

using namespace qcc;
using namespace qcc::report;

namespace {

template <typename... Ts> std::string filledIn(const char *pattern, Ts &&...values) {
  return llvm::formatv(pattern, std::forward<Ts>(values)...).str();
}

std::string percent(double share) {
  return filledIn("{0:f1} %", 100 * share);
}

class Page {
public:
  Page(const ModelReport &report, llvm::raw_ostream &out) : report(report), out(out), html(out) {}
  void write();

private:
  struct Cell {
    std::string text, note; ///< the note, if any, in a line of its own
    Cell(std::string text, std::string note = "") : text(std::move(text)), note(std::move(note)) {}
    Cell(const char *text) : text(text) {}
  };
  using Row = std::vector<Cell>;
  using Header = std::vector<std::string>;

  void writeHead();
  void writeIntroduction();
  void writeTokens();
  void writeLosses();
  void writeRegion(const char *id, const char *title, llvm::function_ref<void()> content);
  void writeKernels();
  void writeSensitivities();
  void writeMethod();
  /// A table that scrolls sideways by itself. The first of each row is its header; columns from
  /// `words` on hold text.
  void table(const std::string &caption, const Header &header, const std::vector<Row> &rows,
             size_t words = SIZE_MAX);
  void writeCell(const Cell &cell, bool words);
  Row rowOf(const KernelEntry &entry) const;
  const model::TokenRow &exampleToken() const;

  const ModelReport &report;
  llvm::raw_ostream &out;
  HtmlWriter html;
};

void Page::table(const std::string &caption, const Header &header, const std::vector<Row> &rows,
                 size_t words) {
  html.element(
      "div", {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", caption}},
      [&] {
        html.element("table", [&] {
          html.text("caption", caption);
          html.element("thead", [&] {
            html.element("tr", [&] {
              for (const std::string &cell : header) {
                html.text("th", {{"scope", "col"}}, cell);
              }
            });
          });
          html.element("tbody", [&] {
            for (const Row &row : rows) {
              html.element("tr", [&] {
                html.text("th", {{"scope", "row"}}, row.front().text);
                for (size_t i = 1; i < row.size(); ++i) {
                  writeCell(row[i], i >= words);
                }
              });
            }
          });
        });
      });
}

void Page::writeCell(const Cell &cell, bool words) {
  html.element("td", words ? Attributes{{"class", "words"}} : Attributes{}, [&] {
    html.write(cell.text);
    if (!cell.note.empty()) {
      html.empty("br", {});
      html.text("small", cell.note);
    }
  });
}

void Page::writeHead() {
  html.element("head", [&] {
    html.empty("meta", {{"charset", "utf-8"}});
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.text("title", filledIn("{0} on {1}, projected", report.model, report.chip->product));
    html.style(pageStyle);
  });
}

void Page::writeIntroduction() {
  const Chip &chip = *report.chip;
  html.element("header", [&] {
    html.text("h1", filledIn("{0} on {1} ({2})", report.model, chip.product, chip.name));
    html.text("p", {{"class", "notice"}, {"role", "note"}}, projectionNotice);
    html.text(
        "p", {{"class", "facts"}},
        filledIn("Compiled by {0}: activations {1}, KV cache {2}, up to {3} sequence(s) of {4} "
                 "positions.",
                 report.compiler, report.activations, report.keyValueCache, report.maxBatch,
                 report.maxContext));
  });
}

/// The form that is projected to be the faster one, for every batch and context.
void Page::writeTokens() {
  std::vector<int64_t> batches = batchesOf(report);
  Header header{"context"};
  for (int64_t batch : batches) {
    header.push_back(filledIn(batch == 1 ? "{0} sequence" : "{0} sequences", batch));
  }
  std::vector<Row> rows;
  for (int64_t context : contextsOf(report)) {
    Row row{filledIn("{0}", context)};
    for (int64_t batch : batches) {
      const model::TokenRow *token = fastest(report, batch, context);
      row.emplace_back(filledIn("{0:f0}", tokensPerSecond(*token)),
                       filledIn("{0}, {1}", percent(token->shareOfRoof), token->form));
    }
    rows.push_back(std::move(row));
  }
  table("Projected tokens a second of all sequences together, their share of the roof, and the "
        "form of a token that is the faster one",
        header, rows);
}

/// The token that the page takes apart: one sequence, at the context nearest to 1024.
const model::TokenRow &Page::exampleToken() const {
  std::vector<int64_t> contexts = contextsOf(report);
  int64_t context = *llvm::min_element(
      contexts, [](int64_t a, int64_t b) { return std::abs(a - 1024) < std::abs(b - 1024); });
  return *fastest(report, 1, context);
}

void Page::writeLosses() {
  const model::TokenRow &token = exampleToken();
  std::vector<Row> rows;
  for (const model::TokenRow::Loss &loss : token.losses) {
    rows.push_back({loss.cause, filledIn("{0:f1}", loss.microseconds),
                    percent(loss.microseconds / token.projectedMicroseconds)});
  }
  rows.push_back({"a token", filledIn("{0:f1}", token.projectedMicroseconds), percent(1)});
  html.text("p", filledIn("One sequence at context {0}, {1}: {2} launches and {3} grid barriers. "
                          "Winning back a line gains its share.",
                          token.context, token.form, token.launches, token.barriers));
  table("What a token's projected time is made of", {"cause", "us", "share"}, rows);
}

Page::Row Page::rowOf(const KernelEntry &entry) const {
  const model::KernelRow &row = entry.row;
  const model::PlannedKernel &kernel = row.kernel;
  const codegen::KernelResources &resources = kernel.resources;
  std::string shape = kernel.weights  ? filledIn("{0} x {1}", kernel.k, kernel.n)
                      : entry.context ? filledIn("context {0}", entry.context)
                                      : "";
  double weights = double(kernel.weights);
  return {kernel.name,
          kernel.op,
          shape,
          filledIn("{0}", entry.launches),
          filledIn("{0}", resources.vgprs),
          filledIn("{0}", resources.sgprs),
          filledIn("{0}", resources.vgprSpills + resources.sgprSpills),
          filledIn("{0}", resources.ldsBytes),
          filledIn("{0:f0}", row.wavesPerSimd),
          filledIn("{0:f2} MB", row.hbmBytes * 1e-6),
          row.leastBytes > 0 ? filledIn("{0:f3}", row.hbmBytes / row.leastBytes) : "",
          weights > 0 ? filledIn("{0:f2}", row.counts.loop / weights) : "",
          filledIn("{0:f2}", row.projection.microseconds),
          percent(row.shareOfRoof),
          row.projection.limit.str(),
          kernel.schedule};
}

void Page::writeKernels() {
  const Header header{"kernel",       "operation",     "K x N",        "launches a token",
                      "VGPRs",        "SGPRs",         "spills",       "LDS bytes",
                      "waves a SIMD", "HBM",           "of the least", "instructions a weight",
                      "projected us", "share of roof", "limit",        "schedule"};
  for (int64_t batch : batchesOf(report)) {
    std::vector<Row> rows;
    for (const KernelEntry &entry : report.kernels) {
      if (entry.row.batch == batch) {
        rows.push_back(rowOf(entry));
      }
    }
    html.element("details", batch == 1 ? Attributes{{"open", "open"}} : Attributes{}, [&] {
      std::string sequences = filledIn(batch == 1 ? "{0} sequence" : "{0} sequences", batch);
      html.text("summary", sequences);
      table("Kernels of a token of " + sequences + ", each launch by itself", header, rows, 14);
    });
  }
}

void Page::writeSensitivities() {
  const model::TokenRow &token = exampleToken();
  std::vector<Row> rows;
  for (const model::TokenRow::Sensitivity &sensitivity : token.sensitivities) {
    rows.push_back({sensitivity.constant, filledIn("{0:f1}", sensitivity.lower),
                    filledIn("{0:f1}", sensitivity.higher)});
  }
  table("Projected us of the same token with a constant of the model a quarter lower, and higher",
        {"constant", "lower", "higher"}, rows);
}

void Page::writeMethod() {
  const Chip &chip = *report.chip;
  html.text("p", "Bytes are distinct lines of 128 bytes that a kernel reads and writes, "
                 "instructions those that its waves execute, at full width: both counted by "
                 "qcc's emulated device from the machine code of the artifact. The least "
                 "possible is each byte of weights, inputs, outputs, and of the keys and values "
                 "of the context, once. A kernel takes as long as the most loaded of memory, "
                 "latency, vector unit, matrix unit, LDS and memory pipeline. Of a large grid, "
                 "some workgroups are counted; beyond 1024 positions attention is taken to "
                 "grow as it does up to there. The roof is the least bytes at the bandwidth of "
                 "the specification.");
  table("Constants of the machine model", {"constant", "value"},
        {{"memory bandwidth by specification", filledIn("{0:f1} GB/s", chip.bandwidth)},
         {"bandwidth that reads reach", filledIn("{0:f1} GB/s", chip.readBandwidth)},
         {"memory latency", filledIn("{0:f0} ns", chip.memoryNanoseconds)},
         {"engine clock", filledIn("{0} MHz", chip.clockMhz)},
         {"compute units", filledIn("{0}", chip.computeUnits)},
         {"a launch", filledIn("{0:f1} us", chip.launchMicroseconds)},
         {"a grid barrier", filledIn("{0:f1} us", chip.gridBarrierMicroseconds)}});
}

void Page::writeRegion(const char *id, const char *title, llvm::function_ref<void()> content) {
  html.element("section", {{"aria-labelledby", id}}, [&] {
    html.text("h2", {{"id", id}}, title);
    content();
  });
}

void Page::write() {
  out << "<!DOCTYPE html>\n";
  html.element("html", {{"lang", "en"}}, [&] {
    writeHead();
    html.element("body", [&] {
      html.element("main", [&] {
        writeIntroduction();
        writeRegion("tokens", "Tokens a second", [&] { writeTokens(); });
        writeRegion("losses", "Where the time goes", [&] { writeLosses(); });
        writeRegion("roofline", "Roofline", [&] { writeRoofline(report, html); });
        writeRegion("kernels", "Kernels", [&] { writeKernels(); });
        writeRegion("sensitivity", "How much the model's constants matter",
                    [&] { writeSensitivities(); });
        writeRegion("method", "How this was made", [&] { writeMethod(); });
      });
    });
  });
}

} // namespace

void report::writePage(const ModelReport &report, llvm::raw_ostream &out) {
  Page(report, out).write();
}
