#include "bank-adapters/flat-file/inbox.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace talent_loan::adapters::flat_file {

// What the records of a file add up to.
struct Totals {
  std::int64_t records = 0;
  __extension__ __int128 amount = 0;
  // The first record whose amount is not in it, or may be another cell's because the record is malformed.
  std::uint64_t doubtful_line = 0;
  Text doubt;

  // A rejected record's amount was delivered as well as any other: the total speaks of the file, not of what is booked.
  void add_rejected(const Row& row) {
    amount += row.amount_of_rejected.value_or(0);
    const bool sure = row.amount_of_rejected && row.reject->code != RejectCode::malformed_row;
    if (sure || doubtful_line != 0) return;
    doubtful_line = row.line;
    doubt = row.reject->text;
  }
};

namespace {

[[noreturn]] void refuse(const std::string& file, std::uint64_t line, Text found, Text allowed = {}) {
  throw Refused(Refusal::data, {.place = {.file = file, .line = line}, .found = std::move(found), .allowed = std::move(allowed)});
}

// The source, and everything that comes out of it into the hash.
ByteSource hashed(ByteSource source, Sha256& hash) {
  return [source = std::move(source), &hash](char* into, std::size_t size) {
    const std::size_t got = source(into, size);
    hash.add({into, got});
    return got;
  };
}

std::string hash_of(OpenFile& file) {
  file.rewind();
  Sha256 hash;
  const ByteSource source = hashed(file.source(), hash);
  std::vector<char> block(64 << 10);
  while (source(block.data(), block.size()) != 0) {}
  file.rewind();
  return hash.hex();
}

bool same_hex(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

constexpr std::size_t ledger_bytes_at_most = 256 << 20;
constexpr std::size_t ok_bytes_at_most = 64 << 10;

}  // namespace

std::string Position::token() const { return fmt::format("{}:{}:{}", sequence, record, sha256); }

std::optional<Position> Position::from_token(std::string_view token) {
  Position position;
  if (token.empty()) return position;
  const std::vector<std::string> parts = split(token, ":");
  if (parts.size() != 3 || parts[2].size() != 64) return std::nullopt;
  const auto sequence = parse_count(parts[0], INT32_MAX);
  const auto record = parse_count(parts[1], UINT32_MAX);
  if (!sequence || !record) return std::nullopt;
  return Position{*sequence, static_cast<std::uint64_t>(*record), parts[2]};
}

std::optional<std::int32_t> Inbox::file_day() const {
  if (!stream_.files.has_day()) return std::nullopt;
  const auto match = stream_.files.match(file_name_);
  return match ? std::optional(match->day) : std::nullopt;
}

void Inbox::load_ledger() {
  ledger_.clear();
  loaded_ = true;
  const std::string text = whole_file(ledger_path(), ledger_bytes_at_most).value_or("");
  for (const std::string& line : split(text, "\n")) {
    if (line.empty()) continue;
    const std::vector<std::string> cells = split(line, "\t");
    const auto sequence = parse_count(cells[0], INT32_MAX);
    const auto size = cells.size() == 4 ? parse_count(cells[2], INT64_MAX) : std::nullopt;
    if (!size || sequence != static_cast<std::int64_t>(ledger_.size() + 1) || cells[3].size() != 64) {
      refuse(ledger_path(), ledger_.size() + 1, {"收件簿已损坏；请从备份恢复", "the ledger of files is damaged; restore it from a backup"});
    }
    ledger_.push_back({*sequence, cells[1], static_cast<std::uint64_t>(*size), cells[3]});
  }
}

const Inbox::Entry* Inbox::entry(std::int64_t sequence) const {
  return sequence >= 1 && sequence <= static_cast<std::int64_t>(ledger_.size()) ? &ledger_[static_cast<std::size_t>(sequence - 1)] : nullptr;
}

const Inbox::Entry* Inbox::entry(const std::string& name) const {
  const auto found = std::find_if(ledger_.begin(), ledger_.end(), [&](const Entry& known) { return known.name == name; });
  return found == ledger_.end() ? nullptr : &*found;
}

void Inbox::close() {
  rows_.reset();
  open_file_.reset();
  file_name_.clear();
}

void Inbox::seek(const Position& after) {
  make_folder(folders_.state);
  if (!loaded_) load_ledger();
  const bool reading_on = rows_ && position_.number() == after.number() && position_.sha256 == after.sha256 && open_file_->stamp() == stamp_;
  if (!reading_on) {
    close();
    position_ = after;
    if (after.sequence != 0) {
      const Entry* known = entry(after.sequence);
      if (known == nullptr || known->sha256 != after.sha256) {
        refuse(ledger_path(), 0,
               {fmt::format("游标指向第 {} 个文件，与收件簿不符", after.sequence), fmt::format("the cursor stands at file {}, which the ledger does not know", after.sequence)},
               {"与数据库同时备份的 state 目录", "the state folder as it was backed up with the database"});
      }
      open(*known);
      rows_->skip(after.record);
    }
  }
  archive_before(after.sequence);
}

void Inbox::open(const Entry& known) {
  std::string path = folders_.in + "/" + known.name;
  auto file = OpenFile::open(path);
  if (!file && !folders_.archive.empty()) {
    path = folders_.archive + "/" + known.name;
    file = OpenFile::open(path);
  }
  if (!file) refuse(path, 0, {"已登记的文件不见了", "a file that was taken in is gone"}, {"放回收件或存档目录", "the file back in the in or archive folder"});
  stamp_ = file->stamp();
  auto& right = unchanged_[path];
  if (right != stamp_ && (file->size() != known.size || hash_of(*file) != known.sha256)) {
    refuse(path, 0, {"文件在读取之后被改动", "the file was changed after it was taken in"}, {"原来的文件；更正请另发新文件", "the file as it was; corrections come in a file of a new name"});
  }
  right = stamp_;
  open_file_ = std::move(file);
  rows_.emplace(open_file_->source(), stream_, known.name);
  file_name_ = known.name;
}

void Inbox::archive_before(std::int64_t sequence) {
  if (folders_.archive.empty()) return;
  for (const Entry& known : ledger_) {
    if (known.sequence >= sequence) break;
    const std::string from = folders_.in + "/" + known.name;
    if (!OpenFile::open(from)) continue;
    check_unchanged(known);
    make_folder(folders_.archive);
    move_file(from, folders_.archive + "/" + known.name);
    if (stream_.ok) move_file(from + stream_.ok->suffix, folders_.archive + "/" + known.name + stream_.ok->suffix);
  }
}

// A file of a name that was taken in before and still (or again) lies in the folder.
void Inbox::check_unchanged(const Entry& known) {
  const std::string path = folders_.in + "/" + known.name;
  auto file = OpenFile::open(path);
  if (!file) return;
  auto& right = unchanged_[path];
  if (right == file->stamp()) return;
  if (file->size() != known.size || hash_of(*file) != known.sha256) {
    refuse(path, 0, {"文件在读取之后被改动，或另一文件用了同一名称", "the file was changed after it was taken in, or another one has its name"},
           {"原来的文件；更正请另发新文件", "the file as it was; corrections come in a file of a new name"});
  }
  right = file->stamp();
}

// Complete files that are not in the ledger, in the order of their days, numbers and names.
std::vector<std::string> Inbox::candidates(std::int32_t as_of) {
  const std::vector<std::string> names = files_in(folders_.in);
  std::vector<std::tuple<std::int32_t, std::int64_t, std::string>> found;
  for (const std::string& name : names) {
    const auto match = stream_.files.match(name);
    if (!match) continue;
    if (const Entry* known = entry(name)) {
      check_unchanged(*known);
      continue;
    }
    const bool flagged = !stream_.ok || std::find(names.begin(), names.end(), name + stream_.ok->suffix) != names.end();
    const bool due = !stream_.files.has_day() || match->day <= as_of;
    if (flagged && due) found.emplace_back(match->day, match->number, name);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> sorted;
  for (const auto& candidate : found) sorted.push_back(std::get<2>(candidate));
  return sorted;
}

// Enters the next complete file into the ledger. False where there is none.
bool Inbox::take_in(std::int32_t as_of) {
  const StateLock lock(folders_.state);
  load_ledger();
  if (static_cast<std::int64_t>(ledger_.size()) > position_.sequence) return true;  // another process was faster
  const std::vector<std::string> names = candidates(as_of);
  if (names.empty()) return false;
  const std::string& name = names.front();
  auto file = OpenFile::open(folders_.in + "/" + name);
  if (!file) return false;
  const std::string stamp = file->stamp();
  Entry entry{static_cast<std::int64_t>(ledger_.size() + 1), name, file->size(), verified(*file, name)};
  if (file->stamp() != stamp) refuse(name, 0, {"文件正在被写入", "the file is being written to"}, {"写完之后的 .ok 标志", "an .ok flag after it is complete"});
  ledger_.push_back(std::move(entry));
  std::string text;
  for (const Entry& known : ledger_) text += fmt::format("{}\t{}\t{}\t{}\n", known.sequence, known.name, known.size, known.sha256);
  write_whole(ledger_path(), text);
  return true;
}

std::string Inbox::verified(OpenFile& file, const std::string& name) {
  Sha256 hash;
  RowReader rows(hashed(file.source(), hash), stream_, name);
  Totals totals;
  std::int64_t passed_over = 0, rejected = 0;
  std::optional<Row> trailer;
  for (Row row; rows.next(row);) {
    if (trailer) refuse(name, row.line, {"尾记录之后还有记录", "a record after the trailer"});
    if (row.number > UINT32_MAX) refuse(name, row.line, {"记录过多", "too many records"});
    if (row.kind == Row::Kind::trailer) trailer = row;
    if (row.kind == Row::Kind::passed_over) ++passed_over;
    if (row.kind != Row::Kind::values && row.kind != Row::Kind::rejected) continue;
    ++totals.records;
    if (row.kind == Row::Kind::rejected) ++rejected;
    if (!stream_.total_of) continue;
    if (row.kind == Row::Kind::values) totals.amount += row.values[*stream_.total_of].number;
    else totals.add_rejected(row);
  }
  if (stream_.trailer && !trailer) refuse(name, 0, {"没有尾记录：文件不完整", "there is no trailer: the file is not complete"});
  if (trailer) check_totals(name, trailer->line, {"尾记录", "the trailer"}, trailer->count, trailer->amount, stream_.trailer->amounts, totals);
  const std::string sha256 = hash.hex();
  notes_.push_back({fmt::format("收到 {}：{} 条记录，其中 {} 条不属于此类，{} 条拒收", name, totals.records + passed_over, passed_over, rejected),
                    fmt::format("took in {}: {} records, of which {} are not of this kind and {} are refused", name, totals.records + passed_over, passed_over, rejected)});
  if (!stream_.ok) return sha256;
  const std::string flag = name + stream_.ok->suffix;
  std::string text = whole_file(folders_.in + "/" + flag, ok_bytes_at_most).value_or("");
  text.resize(std::min(text.size(), text.find_first_of("\r\n")));
  const std::vector<std::string> cells = split(text, stream_.ok->delimiter);
  const auto cell = [&](std::optional<std::size_t> at) { return at && *at < cells.size() ? std::string(trimmed(cells[*at], " ")) : std::string(); };
  check_totals(name, 0, {flag, flag}, cell(stream_.ok->count), cell(stream_.ok->amount), stream_.amounts, totals);
  if (stream_.ok->sha256 && !same_hex(cell(stream_.ok->sha256), sha256)) {
    refuse(name, 0, {fmt::format("{} 中的 SHA-256 与文件不符", flag), fmt::format("the SHA-256 in {} is not this file's", flag)}, {sha256, sha256});
  }
  return sha256;
}

void Inbox::check_totals(const std::string& name, std::uint64_t line, const Text& where, std::string_view count, std::string_view amount,
                         const AmountStyle& style, const Totals& totals) const {
  const bool in_trailer = line != 0;
  const bool wants_count = in_trailer ? stream_.trailer->count.has_value() : stream_.ok->count.has_value();
  const bool wants_amount = in_trailer ? stream_.trailer->amount.has_value() : stream_.ok->amount.has_value();
  if (wants_count && parse_count(count, INT64_MAX) != totals.records) {
    refuse(name, line, {fmt::format("{}的笔数为 {}，文件有 {} 笔", where.chinese, shown(count), totals.records),
                        fmt::format("{} says {} records, the file has {}", where.english, shown(count), totals.records)});
  }
  if (!wants_amount) return;
  const auto said = parse_amount(amount, style);
  if (said && totals.amount == *said) return;
  const bool printable = totals.amount <= INT64_MAX;
  const std::string sum = printable ? format_amount(static_cast<std::int64_t>(totals.amount), AmountStyle{}) : "> 2^63";
  Text doubt;
  if (totals.doubtful_line != 0) {
    doubt = {fmt::format("（第 {} 行的金额读不准：{}）", totals.doubtful_line, totals.doubt.chinese),
             fmt::format(" (the amount of line {} cannot be read for sure: {})", totals.doubtful_line, totals.doubt.english)};
  }
  refuse(name, line, {fmt::format("{}的金额合计为 {}，文件合计 {}{}", where.chinese, shown(amount), sum, doubt.chinese),
                      fmt::format("{} says a total of {}, the file adds up to {}{}", where.english, shown(amount), sum, doubt.english)});
}

bool Inbox::next(Row& row, std::int32_t as_of) {
  for (;;) {
    if (rows_) {
      if (rows_->next(row)) {
        position_.record = row.number;
        return true;
      }
      if (open_file_->stamp() != stamp_) refuse(file_name_, 0, {"文件在读取时被改动", "the file was changed while it was read"});
    }
    if (entry(position_.sequence + 1) == nullptr && !take_in(as_of)) return false;
    const Entry* following = entry(position_.sequence + 1);
    const auto match = stream_.files.match(following->name);
    if (stream_.files.has_day() && match && match->day > as_of) return false;
    open(*following);
    position_ = {following->sequence, 0, following->sha256};
  }
}

}  // namespace talent_loan::adapters::flat_file
