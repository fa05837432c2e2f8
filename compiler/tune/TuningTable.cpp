#include "compiler/tune/TuningTable.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace qcc;
using namespace qcc::tune;
using llvm::Error;

namespace {

using Line = std::pair<TuningKey, TuningEntry>;

/// A field of MatmulTuning: its name in tables, and whether it must be a power of two.
struct Field {
  llvm::StringLiteral name;
  int64_t MatmulTuning::*member;
  int64_t least, most;
  bool isPowerOfTwo;
};
constexpr Field fields[] = {
    {"lanes_k", &MatmulTuning::lanesK, 1, 64, true},
    {"loads", &MatmulTuning::loads, 1, 64, true},
    {"columns_per_lane", &MatmulTuning::columnsPerLane, 1, 16, false},
    {"tile_rows", &MatmulTuning::rows, 1, 64, false},
    {"split_k", &MatmulTuning::splitK, 1, 16, true},
    {"stage", &MatmulTuning::stage, 0, int64_t(1) << 32, false},
    {"prefetch", &MatmulTuning::prefetch, 1, 256, false},
};

/// Members of an entry's object: eight of the key, those of the schedule, and the projected time.
constexpr size_t memberCount = 8 + std::size(fields) + 1;

/// Reads one object; the first thing that is wrong ends up in `problem`.
class LineReader {
public:
  explicit LineReader(const llvm::json::Object &object) : object(object) {}

  Line read() {
    Line line;
    auto &[key, entry] = line;
    key = {text("chip"),    text("op"),   count("k"),     counts("n"),
           text("weights"), text("rows"), count("batch"), text("compiler")};
    for (const Field &field : fields) {
      int64_t value = number(field.name);
      bool fits = value >= field.least && value <= field.most;
      if (!fits || (field.isPowerOfTwo && !llvm::isPowerOf2_64(value))) {
        refuse(llvm::formatv("\"{0}\" is {1}, which no schedule has", field.name, value).str());
      }
      entry.tuning.*field.member = value;
    }
    entry.microseconds = time("projected_us");
    if (object.get("measured_us")) {
      entry.measuredMicroseconds = time("measured_us");
    }
    if (object.size() != memberCount + entry.measuredMicroseconds.has_value()) {
      refuse("it has members that no entry has");
    }
    return line;
  }

  std::string problem;

private:
  void refuse(std::string why) { problem = problem.empty() ? std::move(why) : problem; }
  std::string text(llvm::StringRef name) {
    std::optional<llvm::StringRef> value = object.getString(name);
    if (!value || value->empty()) {
      refuse(("\"" + name + "\" is not a word").str());
    }
    return value.value_or("").str();
  }
  int64_t number(llvm::StringRef name) {
    std::optional<int64_t> value = object.getInteger(name);
    if (!value) {
      refuse(("\"" + name + "\" is not an integer").str());
    }
    return value.value_or(0);
  }
  double time(llvm::StringRef name) {
    double value = object.getNumber(name).value_or(-1);
    if (!(value > 0)) {
      refuse(("\"" + name + "\" is not a positive number").str());
    }
    return value;
  }
  int64_t count(llvm::StringRef name) {
    int64_t value = number(name);
    if (value < 1) {
      refuse(("\"" + name + "\" is not positive").str());
    }
    return value;
  }
  std::vector<int64_t> counts(llvm::StringRef name) {
    std::vector<int64_t> values;
    const llvm::json::Array *array = object.getArray(name);
    for (const llvm::json::Value &value : array ? *array : llvm::json::Array()) {
      values.push_back(value.getAsInteger().value_or(0));
    }
    if (values.empty() || llvm::any_of(values, [](int64_t value) { return value < 1; })) {
      refuse(("\"" + name + "\" is not a list of positive integers").str());
    }
    return values;
  }

  const llvm::json::Object &object;
};

llvm::Expected<Line> readLine(llvm::StringRef text) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(text);
  if (!value) {
    llvm::consumeError(value.takeError());
    return llvm::createStringError("it is no JSON");
  }
  const llvm::json::Object *object = value->getAsObject();
  if (!object) {
    return llvm::createStringError("it is no JSON object");
  }
  LineReader reader(*object);
  Line line = reader.read();
  if (!reader.problem.empty()) {
    return llvm::createStringError(reader.problem);
  }
  return line;
}

} // namespace

/// Two places behind the point: less is noise, and would make tables hard to compare.
static void writeTime(llvm::json::OStream &json, llvm::StringRef name, double microseconds) {
  json.attributeBegin(name);
  json.rawValue(llvm::formatv("{0:F2}", microseconds).str());
  json.attributeEnd();
}

std::string tune::lineOf(const TuningKey &key, const TuningEntry &entry) {
  std::string line;
  llvm::raw_string_ostream out(line);
  llvm::json::OStream json(out);
  json.object([&] {
    json.attribute("chip", key.chip);
    json.attribute("op", key.op);
    json.attribute("k", key.k);
    json.attributeArray("n", [&] { llvm::for_each(key.n, [&](int64_t n) { json.value(n); }); });
    json.attribute("weights", key.weights);
    json.attribute("rows", key.rows);
    json.attribute("batch", key.batch);
    json.attribute("compiler", key.compiler);
    for (const Field &field : fields) {
      json.attribute(field.name, entry.tuning.*field.member);
    }
    writeTime(json, "projected_us", entry.microseconds);
    if (entry.measuredMicroseconds) {
      writeTime(json, "measured_us", *entry.measuredMicroseconds);
    }
  });
  return line;
}

Error TuningTable::read(llvm::StringRef text, llvm::StringRef name) {
  std::map<TuningKey, TuningEntry> read = entries;
  for (size_t number = 1; !text.empty(); ++number) {
    auto [line, rest] = text.split('\n');
    text = rest;
    if (line.trim().empty()) {
      continue;
    }
    llvm::Expected<Line> entry = readLine(line);
    if (!entry) {
      return llvm::createStringError(
          llvm::formatv("{0}:{1}: no entry of a tuning table: {2}; remove the line", name, number,
                        toString(entry.takeError())));
    }
    read.insert_or_assign(entry->first, entry->second);
  }
  entries = std::move(read);
  return Error::success();
}

Error TuningTable::readFile(const std::string &path) {
  if (!llvm::sys::fs::exists(path)) {
    return Error::success();
  }
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file) {
    return llvm::createStringError(file.getError(),
                                   path + ": cannot be read: " + file.getError().message());
  }
  return read((*file)->getBuffer(), path);
}

const TuningEntry *TuningTable::find(const TuningKey &key) const {
  auto found = entries.find(key);
  return found == entries.end() ? nullptr : &found->second;
}

std::string TuningTable::text() const {
  std::string result;
  for (const auto &[key, entry] : entries) {
    result += lineOf(key, entry) + "\n";
  }
  return result;
}

Error TuningTable::writeFile(const std::string &path) const {
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &out) {
    out << text();
    return Error::success();
  });
}
