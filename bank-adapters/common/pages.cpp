#include "bank-adapters/common/pages.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/kit.hpp"
#include "bank-adapters/common/records.hpp"

namespace talent_loan::adapters {
namespace {

constexpr std::size_t mark_bytes_at_most = 2048;

// FNV-1a, to recognise a page that is sent again; not against anyone who means harm.
class Digest {
 public:
  void add(const std::vector<std::string>& row) {
    for (const std::string& cell : row) {
      for (const char c : cell) step(static_cast<unsigned char>(c));
      step(0x100);  // no byte: cells do not run into each other
    }
    step(0x101);
  }
  std::uint64_t value() const { return value_; }

 private:
  void step(std::uint64_t unit) { value_ = (value_ ^ unit) * 0x100000001B3; }
  std::uint64_t value_ = 0xCBF29CE484222325;
};

// Where a stream stands: `taken` records of the page that `mark` asks for; all of them where that page was the last
// and so told no next one. `digest` is that of these records, or, where none is taken yet, of the page before; 0: of none.
struct Standing {
  std::size_t taken = 0;
  std::uint64_t digest = 0;
  std::string mark;

  std::string token() const { return fmt::format("{}:{:016x}:{}", taken, digest, mark); }
};

Standing standing_of(const sdk::Call& call, const std::string& token) {
  if (token.empty()) return {};
  const std::size_t first = token.find(':');
  const std::size_t second = first == std::string::npos ? first : first + 17;
  const auto taken = parse_count(token.substr(0, first), INT32_MAX);
  if (!taken || second >= token.size() || token[second] != ':' || token.find_first_not_of("0123456789abcdef", first + 1) != second) {
    throw error(call, sdk::Result::bad_request, sdk::Retry::never, {"游标不是本适配器给出的", "the cursor is none that this adapter gave"}, "after.token");
  }
  return {static_cast<std::size_t>(*taken), std::stoull(token.substr(first + 1, 16), nullptr, 16), token.substr(second + 1)};
}

[[noreturn]] void bad_page(const sdk::Call& call, const Records& records, const Text& text) {
  throw error(call, sdk::Result::bad_data, sdk::Retry::later,
              {fmt::format("{}：{}", records.key, text.chinese), fmt::format("{}: {}", records.key, text.english)}, records.key);
}

// One row of a page, read.
struct Row {
  std::vector<Value> values;
  std::optional<Reject> reject;
};

std::vector<Row> read_rows(const Records& records, const Page& page) {
  std::vector<Row> rows;
  rows.reserve(page.rows.size());
  for (const auto& cells : page.rows) {
    Row& row = rows.emplace_back();
    row.reject = records.fields.read(cells, row.values);
  }
  return rows;
}

void check_totals(const sdk::Call& call, const Records& records, const Page& page, const std::vector<Row>& rows) {
  if (page.count) {
    const auto count = parse_count(*page.count, INT32_MAX);
    if (!count || static_cast<std::size_t>(*count) != rows.size()) {
      bad_page(call, records, {fmt::format("控制合计称 {} 条，实有 {} 条", shown(*page.count), rows.size()), fmt::format("the control total says {} records, there are {}", shown(*page.count), rows.size())});
    }
  }
  if (!page.amount) return;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& value = rows[i].values[*records.total_of];
    if (!value.present) {
      bad_page(call, records, {fmt::format("第 {} 条的金额不能读取，控制合计无从核对", i + 1), fmt::format("the amount of record {} cannot be read, so the control total proves nothing", i + 1)});
    }
    if (__builtin_add_overflow(sum, value.number, &sum)) bad_page(call, records, {"金额合计超出 64 位", "the total amount leaves 64 bits"});
  }
  const auto stated = parse_amount(*page.amount, records.amounts);
  if (!stated || *stated != sum) {
    const std::string found = format_amount(sum, {});
    bad_page(call, records, {fmt::format("控制合计称金额 {}，实为 {}", shown(*page.amount), found), fmt::format("the control total says {}, the amounts are {}", shown(*page.amount), found)});
  }
}

// The mark of the next page, before a cursor holds it: a bad one in there would be asked for by every later sync.
// `used`: the marks of this poll's pages until here.
void check_next(const sdk::Call& call, const Records& records, const Page& page, const std::vector<std::string>& used) {
  if (page.next.size() > mark_bytes_at_most) bad_page(call, records, {"下一页的位置超过 2048 字节", "the mark of the next page is over 2048 bytes"});
  if (std::any_of(page.next.begin(), page.next.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
    bad_page(call, records, {"下一页的位置（next）含控制字符：" + shown(page.next), "the mark of the next page (next) holds control characters: " + shown(page.next)});
  }
  if (!page.next.empty() && std::find(used.begin(), used.end(), page.next) != used.end()) {
    bad_page(call, records, {"下一页的位置（next）又指向读过的一页：" + shown(page.next), "the mark of the next page (next) leads back to one that was read: " + shown(page.next)});
  }
}

void check_page(const sdk::Call& call, const Records& records, const Standing& standing, const Page& page, const std::vector<std::string>& used) {
  if (page.rows.size() > records.page_size) {
    bad_page(call, records, {fmt::format("一页有 {} 条，只要 {} 条", page.rows.size(), records.page_size), fmt::format("a page of {} records where {} were asked for", page.rows.size(), records.page_size)});
  }
  if (page.rows.size() < standing.taken) {
    bad_page(call, records, {fmt::format("已读过 {} 条的一页现在只有 {} 条", standing.taken, page.rows.size()), fmt::format("a page of which {} records were read has only {} now", standing.taken, page.rows.size())});
  }
  Digest digest;
  for (std::size_t i = 0; i < (standing.taken > 0 ? standing.taken : page.rows.size()); ++i) digest.add(page.rows[i]);
  if (standing.taken > 0 && digest.value() != standing.digest) {
    bad_page(call, records, {"已读过一部分的一页变了", "a page that was read in part has changed"});
  }
  if (page.rows.empty()) return;
  if (standing.taken == 0 && digest.value() == standing.digest) bad_page(call, records, {"同一页送来两次", "the same page came twice"});
  check_next(call, records, page, used);
}

}  // namespace

template <typename Record>
void poll_pages(const sdk::Call& call, const Records& records, const sdk::Poll& poll, sdk::Sink<Record>& sink, const FetchPage& fetch) {
  Standing standing = standing_of(call, poll.after.token);
  std::int64_t position = poll.after.position;
  std::vector<std::string> used;
  for (std::size_t left = poll.at_most; left > 0;) {
    const Page page = fetch(standing.mark);
    used.push_back(standing.mark);
    check_page(call, records, standing, page, used);
    std::vector<Row> rows = read_rows(records, page);
    check_totals(call, records, page, rows);
    Digest digest;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      digest.add(page.rows[i]);
      if (i < standing.taken) continue;
      if (left == 0) return;
      Row& row = rows[i];
      Record record;
      if (!row.reject) row.reject = make(row.values, position + 1, record);
      if (!row.reject && dated(record) > poll.as_of) return;
      const bool turns = i + 1 == rows.size() && !page.next.empty();
      const Standing after{turns ? 0 : i + 1, digest.value(), turns ? page.next : standing.mark};
      const sdk::Cursor cursor{++position, after.token()};
      if (row.reject) {
        sink.reject(told(*row.reject, language_of(call), records.key, static_cast<std::uint64_t>(position), records.fields.key(page.rows[i])));
        sink.skip_to(cursor);
      } else {
        --left;
        if (!sink.deliver(record, cursor)) return;
      }
    }
    // A last page is asked for again by the next poll. One of which all was taken before, and that tells a next page
    // now, is no reason to stop: else a short one would be for ever.
    if (rows.empty() || page.next.empty() || (rows.size() > standing.taken && rows.size() < records.page_size)) return;
    standing = {0, digest.value(), page.next};
  }
}

template void poll_pages(const sdk::Call&, const Records&, const sdk::Poll&, sdk::Sink<sdk::Application>&, const FetchPage&);
template void poll_pages(const sdk::Call&, const Records&, const sdk::Poll&, sdk::Sink<sdk::Event>&, const FetchPage&);
template void poll_pages(const sdk::Call&, const Records&, const sdk::Poll&, sdk::Sink<sdk::Claim>&, const FetchPage&);

std::vector<std::string> records_keys(bool paged) {
  std::vector<std::string> keys{"fields"};
  if (paged) keys.insert(keys.end(), {"records", "next", "page_size", "totals"});
  for (const std::string& key : style_keys()) keys.push_back(key);
  return keys;
}

namespace {

void read_totals(const YamlMap& map, Records& records, const CheckPath& check) {
  const auto totals = map.map("totals", {"count", "amount", "of"});
  if (!totals) return;
  const auto path = [&](const char* key) {
    if (!totals->has(key)) return std::string();
    const std::string text = totals->required_text(key);
    check(*totals, key, text);
    return text;
  };
  records.count = path("count");
  records.amount = path("amount");
  std::vector<std::string> amounts;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < records.specs->size(); ++i) {
    const FieldSpec& spec = (*records.specs)[i];
    if (spec.kind != FieldKind::amount || !records.fields.maps(spec.name)) continue;
    amounts.emplace_back(spec.name);
    positions.push_back(i);
  }
  if (totals->has("amount") != totals->has("of")) totals->wrong("", {"amount 与 of 须同时给出", "amount and of belong together"}, {joined(amounts, ", "), joined(amounts, ", ")});
  if (totals->has("of") && !amounts.empty()) records.total_of = positions[totals->word("of", amounts, 0)];
}

}  // namespace

Records read_records(const YamlMap& map, const std::string& key, const std::vector<FieldSpec>& specs, const ValueStyles& styles,
                     bool paged, const std::string& source, const CheckPath& check) {
  Records records;
  records.key = key;
  records.specs = &specs;
  const ValueStyles own = read_styles(map, styles);
  records.amounts = own.amounts;
  const auto position = [&](const YamlMap& at, const std::string& where) {
    const std::string path = at.required_text(where);
    if (!path.empty()) check(at, where, path);
    const auto found = std::find(records.sources.begin(), records.sources.end(), path);
    if (found == records.sources.end()) {
      records.sources.push_back(path);
      return records.sources.size() - 1;
    }
    return static_cast<std::size_t>(found - records.sources.begin());
  };
  records.fields = FieldMap(map, specs, own, {source},
                            [&](const YamlMap& entry) { return entry.has(source) ? std::optional(position(entry, source)) : std::nullopt; },
                            [&](const YamlMap& fields, const std::string& field) { return std::optional(position(fields, field)); });
  if (!paged) return records;
  for (const auto& [name, into] : {std::pair("records", &records.records), std::pair("next", &records.next)}) {
    *into = map.required_text(name);
    if (!into->empty()) check(map, name, *into);
  }
  records.page_size = static_cast<std::size_t>(map.integer("page_size", 1, 10'000, 100));
  read_totals(map, records, check);
  if (&specs == &event_fields() && !records.fields.maps("event_id")) {
    map.wrong("fields", {"没有说明 event_id 来自哪里", "nothing says where event_id comes from"});
  }
  return records;
}

const std::vector<FieldSpec>& issue_answer_fields() {
  static const std::vector<FieldSpec> fields = [] {
    std::vector<FieldSpec> copy = issue_result_fields();
    for (FieldSpec& field : copy) {
      if (field.name == "outcome") field.words.emplace_back("pending");
      if (field.name == "application_id") field.required = false;  // the answer belongs to the request anyway
    }
    return copy;
  }();
  return fields;
}

Outgoing page_request(const std::string& mark, std::size_t page_size, sdk::Day as_of) {
  return {{"after", mark}, {"page_size", static_cast<std::int64_t>(page_size)}, {"as_of", OutgoingDay{as_of.time_since_epoch().count()}}};
}

const std::vector<std::string>& page_request_names() {
  static const std::vector<std::string> names{"after", "page_size", "as_of"};
  return names;
}

sdk::Issued read_issued(const sdk::Call& call, const sdk::IssueRequest& request, std::optional<Reject> reject, const std::vector<Value>& values) {
  sdk::Issued issued;
  const std::vector<FieldSpec>& fields = issue_answer_fields();
  const auto value = [&](std::string_view name) -> const Value& {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldSpec& field) { return field.name == name; });
    return values[static_cast<std::size_t>(found - fields.begin())];
  };
  const auto refuse = [&](const Text& text, const std::string& field) {
    throw error(call, sdk::Result::bad_data, sdk::Retry::same_key,
                {fmt::format("申请 {}：{}", shown(request.application_id), text.chinese), fmt::format("application {}: {}", shown(request.application_id), text.english)}, field);
  };
  if (!reject && value("outcome").text == "pending") return sdk::Issued::pending();
  if (!reject) reject = to_issued(values, issued);
  if (reject) refuse(reject->text, reject->field);
  const Value& echoed = value("application_id");
  if (echoed.present && echoed.text != request.application_id) {
    refuse({"回答的是另一申请 " + shown(echoed.text), "the answer is about another one, " + shown(echoed.text)}, "application_id");
  }
  if (issued.outcome == sdk::IssueOutcome::disbursed && *issued.disbursed_on > request.as_of) return sdk::Issued::pending();
  return issued;
}

}  // namespace talent_loan::adapters
