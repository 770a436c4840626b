#include "bank-adapters/flat-file/outbox.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bank-adapters/flat-file/storage.hpp"

namespace talent_loan::adapters::flat_file {
namespace {

constexpr std::size_t journal_bytes_at_most = 1 << 30;
constexpr std::size_t pending_bytes_at_most = 64 << 20;

std::string plain(const OutgoingValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* day = std::get_if<OutgoingDay>(&value)) return fmt::format("day {}", day->days);
  if (const auto* fen = std::get_if<OutgoingFen>(&value)) return fmt::format("fen {}", fen->count);
  return joined(std::get<std::vector<std::string>>(value), "\n");
}

// "field=hash,field=hash": what the key stands for, without holding anyone's data.
std::string content_of(const OutRecord& record) {
  std::string content;
  for (const auto& [name, value] : record.fields) {
    if (name == record.not_content) continue;
    content += fmt::format("{}{}={}", content.empty() ? "" : ",", name, sha256_of(plain(value)).substr(0, 16));
  }
  return content;
}

// The field at which two contents part.
std::string first_difference(std::string_view a, std::string_view b) {
  const auto at = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  const std::size_t comma = at == 0 ? std::string_view::npos : a.rfind(',', at - 1);
  const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
  const std::string_view field = a.substr(begin);
  return std::string(field.substr(0, field.find('=')));
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

// The journal: one line for each key: number of the batch, file, key, content. A line cut by a crash is not one:
// its batch is still pending and is entered again.
void Outbox::load() {
  sent_.clear();
  last_number_ = 0;
  const std::string journal = whole_file(path("sent"), journal_bytes_at_most).value_or("");
  for (std::string_view rest = journal; rest.find('\n') != std::string_view::npos;) {
    std::string_view line = take_line(rest);
    std::string cells[4];
    for (std::string& cell : cells) {
      const std::size_t end = line.find('\t');
      cell = line.substr(0, end);
      line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    const auto number = parse_count(cells[0], INT64_MAX);
    if (!number || cells[3].empty()) continue;
    last_number_ = std::max(last_number_, *number);
    sent_[cells[2]] = {cells[1], cells[3]};
  }
}

void Outbox::publish(const std::string& name, std::string_view bytes, std::string_view flag) const {
  make_folder(folders_.out);
  write_whole(folders_.out + "/" + name, bytes);
  if (stream_.ok) write_whole(folders_.out + "/" + name + stream_.ok->suffix, flag);
}

// Begins with a line feed, which ends a line that a crash may have cut.
void Outbox::enter(std::string_view journal_lines) {
  append_durably(path("sent"), "\n" + std::string(journal_lines));
  remove_file(path("pending"));
  load();
}

// Form of the pending file: the name, the sizes of journal and flag, then journal, flag and the file itself.
void Outbox::finish_pending() {
  const auto pending = whole_file(path("pending"), pending_bytes_at_most);
  if (!pending) return;
  std::string_view rest = *pending;
  const std::string name(take_line(rest));
  const auto journal = parse_count(take_line(rest), INT64_MAX);
  const auto flag = parse_count(take_line(rest), INT64_MAX);
  if (!stream_.file.match(name) || !journal || !flag || static_cast<std::uint64_t>(*journal + *flag) > rest.size()) {
    throw Refused(Refusal::data, {.place = {.file = path("pending")}, .found = {"待发文件已损坏；请从备份恢复", "the pending batch is damaged; restore it from a backup"}});
  }
  const auto lines = static_cast<std::size_t>(*journal);
  publish(name, rest.substr(lines + static_cast<std::size_t>(*flag)), rest.substr(lines, static_cast<std::size_t>(*flag)));
  enter(rest.substr(0, lines));
}

std::vector<Outbox::Answer> Outbox::send(const std::vector<OutRecord>& records, std::int32_t day) {
  make_folder(folders_.state);
  const StateLock lock(folders_.state);
  load();
  finish_pending();
  std::vector<Answer> answers(records.size());
  std::vector<const OutRecord*> fresh;
  std::vector<std::size_t> fresh_positions;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto known = sent_.find(records[i].key);
    if (known == sent_.end()) {
      try {
        render(stream_, {&records[i]});
        fresh.push_back(&records[i]);
        fresh_positions.push_back(i);
      } catch (const Refused& refused) {
        answers[i] = {"", refused.problems(), refused.why()};
      }
      continue;
    }
    const std::string content = content_of(records[i]);
    if (content == known->second.content) {
      answers[i].file = known->second.file;
    } else {
      answers[i].problems.push_back({.place = {.file = known->second.file, .field = first_difference(content, known->second.content)},
                                     .found = {"同一键已用于不同内容", "this key was used with other content"}});
    }
  }
  if (fresh.empty()) return answers;
  const std::int64_t number = last_number_ + 1;
  const std::string name = stream_.file.make(day, number);
  std::string journal;
  for (const OutRecord* record : fresh) journal += fmt::format("{}\t{}\t{}\t{}\n", number, name, record->key, content_of(*record));
  const std::string bytes = render(stream_, fresh);
  const std::string flag = stream_.ok ? render_flag(stream_, fresh, bytes) : "";
  write_whole(path("pending"), fmt::format("{}\n{}\n{}\n{}{}{}", name, journal.size(), flag.size(), journal, flag, bytes));
  publish(name, bytes, flag);
  enter(journal);
  for (const std::size_t i : fresh_positions) answers[i].file = name;
  return answers;
}

}  // namespace talent_loan::adapters::flat_file
