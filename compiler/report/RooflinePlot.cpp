#include "compiler/report/RooflinePlot.h"

#include "compiler/report/PageStyle.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

using namespace qcc;
using namespace qcc::report;

static bool multipliesBytes(const ModelReport &report) {
  return llvm::any_of(report.kernels,
                      [](const KernelEntry &entry) { return entry.row.kernel.multipliesBytes; });
}

double report::matrixPeak(const ModelReport &report) {
  const Chip &chip = *report.chip;
  const MatrixShape &shape =
      multipliesBytes(report) ? chip.has.matrixOfBytes : chip.has.matrixOfHalves;
  const double operations = 2.0 * shape.rows * shape.columns * shape.depth / shape.cycles;
  return operations * chip.simdsPerUnit * chip.computeUnits * chip.clockMhz * 1e6;
}

namespace {

struct Point {
  const KernelEntry *entry;
  double intensity, rate; // operations a byte of the least, operations a second
};

/// Every operation once, in the order of the points.
std::vector<std::string> operationsOf(const std::vector<Point> &points) {
  std::vector<std::string> operations;
  for (const Point &point : points) {
    if (!llvm::is_contained(operations, point.entry->row.kernel.op)) {
      operations.push_back(point.entry->row.kernel.op);
    }
  }
  return operations;
}

std::string colourOf(size_t series) {
  return llvm::formatv("var(--series-{0})", series % seriesColours);
}

/// The plot's area and its two logarithmic axes, whole decades each.
class Plot {
public:
  Plot(const ModelReport &report, std::vector<Point> points, HtmlWriter &html);
  void write();

private:
  static constexpr double width = 860, height = 480, left = 70, right = 30, top = 20, bottom = 60;

  double x(double intensity) const;
  double y(double rate) const;
  void line(double x1, double y1, double x2, double y2, const Attributes &more) const;
  void label(double x, double y, const std::string &text, const std::string &anchor) const;
  void writeAxes() const;
  void writeRoof(double bandwidth, const std::string &name, const Attributes &look) const;
  void writePoints() const;

  const Chip &chip;
  std::vector<Point> points;
  HtmlWriter &html;
  double peak;
  double lowX, highX, lowY, highY; // powers of ten
};

std::string number(double value) {
  return llvm::formatv("{0:f1}", value);
}

/// 10 to the `power` of operations a second, in words.
std::string rateText(int power) {
  const char *units[] = {"", "k", "M", "G", "T", "P"};
  const int unit = std::clamp(power / 3, 0, 5);
  return llvm::formatv("{0} {1}op/s", std::lround(std::pow(10, power - 3 * unit)), units[unit]);
}

Plot::Plot(const ModelReport &report, std::vector<Point> points, HtmlWriter &html)
    : chip(*report.chip), points(std::move(points)), html(html), peak(matrixPeak(report)) {
  const double corner = peak / (chip.bandwidth * 1e9);
  double least = 1, most = corner, slowest = peak;
  for (const Point &point : this->points) {
    least = std::min(least, point.intensity);
    most = std::max(most, point.intensity);
    slowest = std::min(slowest, point.rate);
  }
  lowX = std::floor(std::log10(least));
  highX = std::ceil(std::log10(most) + 0.3);
  lowY = std::floor(std::log10(slowest));
  highY = std::ceil(std::log10(peak) + 0.1);
}

double Plot::x(double intensity) const {
  return left + (std::log10(intensity) - lowX) / (highX - lowX) * (width - left - right);
}

double Plot::y(double rate) const {
  return height - bottom - (std::log10(rate) - lowY) / (highY - lowY) * (height - top - bottom);
}

void Plot::line(double x1, double y1, double x2, double y2, const Attributes &more) const {
  Attributes attributes{
      {"x1", number(x1)}, {"y1", number(y1)}, {"x2", number(x2)}, {"y2", number(y2)}};
  llvm::append_range(attributes, more);
  html.empty("line", attributes);
}

void Plot::label(double x, double y, const std::string &text, const std::string &anchor) const {
  html.text("text", {{"x", number(x)}, {"y", number(y)}, {"text-anchor", anchor}}, text);
}

void Plot::writeAxes() const {
  for (double power = lowX; power <= highX; ++power) {
    const double at = x(std::pow(10, power));
    line(at, top, at, height - bottom, {{"stroke", "var(--line)"}});
    label(at, height - bottom + 20, llvm::formatv("{0:f0}", std::pow(10, power)), "middle");
  }
  for (double power = lowY; power <= highY; ++power) {
    const double at = y(std::pow(10, power));
    line(left, at, width - right, at, {{"stroke", "var(--line)"}});
    label(left - 6, at + 4, rateText(static_cast<int>(power)), "end");
  }
  label((left + width - right) / 2, height - 12, "operations a byte of the least possible traffic",
        "middle");
}

/// The slope of a bandwidth up to the peak, and the peak from there on.
void Plot::writeRoof(double bandwidth, const std::string &name, const Attributes &look) const {
  const double corner = peak / bandwidth;
  const double first = std::max(std::pow(10, lowX), std::pow(10, lowY) / bandwidth);
  html.element("g", [&] {
    html.text("title", name);
    line(x(first), y(first * bandwidth), x(corner), y(peak), look);
    line(x(corner), y(peak), width - right, y(peak), look);
  });
}

/// A marker for each batch's size, in the colour of the operation.
void Plot::writePoints() const {
  const std::vector<std::string> operations = operationsOf(points);
  for (const Point &point : points) {
    const model::KernelRow &row = point.entry->row;
    const std::string series = colourOf(llvm::find(operations, row.kernel.op) - operations.begin());
    const std::string context =
        point.entry->context ? llvm::formatv(", context {0}", point.entry->context).str() : "";
    html.element("circle",
                 {{"cx", number(x(point.intensity))},
                  {"cy", number(y(point.rate))},
                  {"r", number(4 + std::log2(double(row.batch)))},
                  {"fill", series},
                  {"fill-opacity", "0.25"},
                  {"stroke", series},
                  {"stroke-width", "2"}},
                 [&] {
                   html.text("title",
                             llvm::formatv("{0}, batch {1}{2}: projected {3:f1} Gop/s",
                                           row.kernel.op, row.batch, context, point.rate * 1e-9)
                                 .str());
                 });
  }
}

void Plot::write() {
  const std::string view = llvm::formatv("0 0 {0} {1}", width, height);
  html.element(
      "svg",
      {{"viewBox", view}, {"role", "img"}, {"aria-labelledby", "roofline-title roofline-text"}},
      [&] {
        html.text("title", {{"id", "roofline-title"}}, "Roofline of the kernels, projected");
        html.text("desc", {{"id", "roofline-text"}},
                  "Projected operations a second of every kernel over its operations a "
                  "byte, under the bandwidth of memory and the peak of the matrix units. "
                  "The table of kernels has the same figures.");
        writeAxes();
        writeRoof(chip.bandwidth * 1e9, "bandwidth by specification",
                  {{"stroke", "currentColor"}, {"stroke-width", "2"}});
        writeRoof(chip.readBandwidth * 1e9, "bandwidth that reads reach",
                  {{"stroke", "currentColor"}, {"stroke-dasharray", "6 5"}});
        writePoints();
      });
}

void writeLegend(const std::vector<Point> &points, const ModelReport &report, HtmlWriter &html) {
  html.element("ul", {{"class", "legend"}}, [&] {
    for (auto [index, operation] : llvm::enumerate(operationsOf(points))) {
      html.element("li", [&] {
        html.element("svg", {{"viewBox", "0 0 16 16"}, {"aria-hidden", "true"}}, [&] {
          html.empty("circle", {{"cx", "8"}, {"cy", "8"}, {"r", "6"}, {"fill", colourOf(index)}});
        });
        html.write(" " + operation);
      });
    }
  });
  html.text("p", {{"class", "facts"}},
            llvm::formatv("Larger circles are larger batches. Solid line: {0:f2} TB/s by "
                          "specification and {1:f0} {3}-bit matrix instructions; dashed: "
                          "the {2:f2} TB/s that reads are known or assumed to reach.",
                          report.chip->bandwidth / 1e3, matrixPeak(report) * 1e-12,
                          report.chip->readBandwidth / 1e3,
                          multipliesBytes(report) ? "TOP/s of 8" : "TFLOP/s of 16")
                .str());
}

} // namespace

void report::writeRoofline(const ModelReport &report, HtmlWriter &html) {
  std::vector<Point> points;
  for (const KernelEntry &entry : report.kernels) {
    const model::KernelRow &row = entry.row;
    if (row.operations > 0 && row.leastBytes > 0) {
      points.push_back({&entry, row.operations / row.leastBytes,
                        row.operations / (row.projection.microseconds * 1e-6)});
    }
  }
  html.element("div",
               {{"class", "scroll plot"},
                {"role", "region"},
                {"tabindex", "0"},
                {"aria-label", "Roofline plot"}},
               [&] { Plot(report, points, html).write(); });
  writeLegend(points, report, html);
}
