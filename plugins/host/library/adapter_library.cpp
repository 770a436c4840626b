#include "plugins/host/library/adapter_library.hpp"

#include <dlfcn.h>

#include <exception>
#include <map>
#include <mutex>

#include <boost/dll/shared_library.hpp>
#include <fmt/format.h>

#include "core/files/files.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {

struct AdapterLibrary::Handle {
  boost::dll::shared_library library;  // never copied: a copy reopens the file by its path
};

namespace {

constexpr const char* entry_symbol = "talent_loan_adapter_entry";
constexpr std::size_t name_bytes_at_most = 64;

[[noreturn]] void refuse(const LibraryFile& file, Text found, Text allowed, Text remedy) {
  throw AdapterFailure(AdapterFailure::Kind::not_loaded, Retry::never,
                       {{file.path, 0, 0, {}}, std::move(found), std::move(allowed), std::move(remedy)});
}

const Text rebuild{"请用本版本的开发包重新编译适配器", "rebuild the adapter with this version's kit"};

std::string checked_word(const LibraryFile& file, talent_loan_text text, const char* field) {
  const bool readable = text.data != nullptr && text.size > 0 && text.size <= name_bytes_at_most;
  if (!readable || invalid_utf8_at({text.data, text.size}) != std::string_view::npos) {
    refuse(file, {fmt::format("入口的 {} 为空、过长或不是 UTF-8", field), fmt::format("the entry's {} is empty, too long or no UTF-8", field)},
           {"1 到 64 字节的 UTF-8", "1 to 64 bytes of UTF-8"}, rebuild);
  }
  return std::string(text.data, text.size);
}

template <typename... Functions>
bool all_present(Functions... functions) {
  return ((functions != nullptr) && ...);
}

}  // namespace

AdapterLibrary::AdapterLibrary(LibraryFile file) : file_(std::move(file)), handle_(std::make_unique<Handle>()) {
  boost::dll::fs::error_code error;
  using Mode = boost::dll::load_mode::type;
  // Now and local: lazy loading, the default, would meet a missing symbol in the middle of a loan.
  handle_->library.load(file_.stored_path, Mode::rtld_now | Mode::rtld_local, error);
  if (error) {
    const char* const told = ::dlerror();  // says more than the error code, which is always the same
    const std::string reason = told != nullptr ? told : error.message();
    refuse(file_, {"无法装入：" + reason, "cannot be loaded: " + reason},
           {"所有符号都有定义的共享库", "a shared library in which every symbol is defined"},
           {"检查它依赖的库是否安装", "check that the libraries it needs are installed"});
  }
  if (!handle_->library.has(entry_symbol)) {
    refuse(file_, {fmt::format("没有导出符号 {}", entry_symbol), fmt::format("exports no symbol {}", entry_symbol)},
           {"适配器导出这一个数据符号", "an adapter exports this one data symbol"},
           {"检查路径是否指向适配器，编译时是否用了 talent_loan_add_adapter", "check that the path is an adapter's, built with talent_loan_add_adapter"});
  }
  check_entry();
  find_table();
  find_notices();
}

AdapterLibrary::~AdapterLibrary() = default;

void AdapterLibrary::check_entry() {
  entry_ = &handle_->library.get<const talent_loan_entry>(entry_symbol);
  if (entry_->magic != TALENT_LOAN_ADAPTER_MAGIC) {
    refuse(file_, {fmt::format("入口标记为 {:08x}", entry_->magic), fmt::format("the entry's magic is {:08x}", entry_->magic)},
           verbatim(fmt::format("{:08x}", TALENT_LOAN_ADAPTER_MAGIC)), rebuild);
  }
  if (entry_->major != TALENT_LOAN_ADAPTER_MAJOR) {
    const auto theirs = fmt::format("{}.{}", entry_->major, entry_->minor);
    const auto ours = fmt::format("{}.{}", TALENT_LOAN_ADAPTER_MAJOR, TALENT_LOAN_ADAPTER_MINOR);
    refuse(file_, {"适配器的接口版本为 " + theirs + "，主机为 " + ours, "the adapter's interface version is " + theirs + ", the host's is " + ours},
           {fmt::format("主版本 {}", TALENT_LOAN_ADAPTER_MAJOR), fmt::format("major version {}", TALENT_LOAN_ADAPTER_MAJOR)}, rebuild);
  }
  if (entry_->struct_size < sizeof(talent_loan_entry)) {
    refuse(file_, {fmt::format("入口只有 {} 字节", entry_->struct_size), fmt::format("the entry has only {} bytes", entry_->struct_size)},
           {fmt::format("至少 {} 字节", sizeof(talent_loan_entry)), fmt::format("at least {} bytes", sizeof(talent_loan_entry))}, rebuild);
  }
  name_ = checked_word(file_, entry_->name, "name");
  version_ = checked_word(file_, entry_->version, "version");
}

const void* AdapterLibrary::table_named(std::string_view name) const {
  if (entry_->get_table == nullptr) return nullptr;
  try {
    return entry_->get_table({name.data(), name.size()});
  } catch (...) {  // of whatever type the adapter threw; the message says all that can be known of it
    refuse(file_, {"get_table 抛出了异常", "get_table threw an exception"}, {"异常不得越过 C 接口", "no exception crosses the C interface"}, rebuild);
  }
}

void AdapterLibrary::find_table() {
  static constexpr std::string_view wanted = TALENT_LOAN_ADAPTER_TABLE_1;
  table_ = static_cast<const talent_loan_adapter_table*>(table_named(wanted));
  if (table_ == nullptr) {
    refuse(file_, {fmt::format("不提供函数表 {}", wanted), fmt::format("does not offer the table {}", wanted)},
           verbatim(wanted), rebuild);
  }
  const talent_loan_adapter_table& table = *table_;
  if (table.struct_size < sizeof(talent_loan_adapter_table)) {
    refuse(file_, {fmt::format("函数表只有 {} 字节", table.struct_size), fmt::format("the table has only {} bytes", table.struct_size)},
           {fmt::format("至少 {} 字节", sizeof(talent_loan_adapter_table)), fmt::format("at least {} bytes", sizeof(talent_loan_adapter_table))}, rebuild);
  }
  if (!all_present(table.open, table.close, table.health, table.poll_applications, table.decision, table.issue,
                   table.poll_events, table.poll_claims, table.settled, table.scored)) {
    refuse(file_, {"函数表缺少函数", "a function of the table is missing"}, {"十个函数齐全", "all ten functions"}, rebuild);
  }
}

void AdapterLibrary::find_notices() {
  static constexpr std::string_view wanted = TALENT_LOAN_NOTICES_TABLE_1;
  const void* const found = table_named(wanted);
  if (found == nullptr) return;
  if (found == table_) {  // a library that does not look at the name: its functions are others
    refuse(file_, {fmt::format("以 {} 之名给出另一张函数表", wanted), fmt::format("gives another table by the name of {}", wanted)},
           {"没有的函数表答 NULL", "NULL for a table that is not offered"}, rebuild);
  }
  notices_ = static_cast<const talent_loan_notices_table*>(found);
  if (notices_->struct_size < sizeof(talent_loan_notices_table) || notices_->takes == nullptr) {
    refuse(file_, {fmt::format("函数表 {} 不完整（{} 字节）", wanted, notices_->struct_size), fmt::format("the table {} is not whole ({} bytes)", wanted, notices_->struct_size)},
           {fmt::format("至少 {} 字节，函数齐全", sizeof(talent_loan_notices_table)), fmt::format("at least {} bytes with every function", sizeof(talent_loan_notices_table))}, rebuild);
  }
}

std::shared_ptr<const AdapterLibrary> AdapterLibrary::load(const LibraryFile& file) {
  static std::mutex guard;
  static std::map<std::string, std::shared_ptr<const AdapterLibrary>> loaded;  // by hash
  const std::lock_guard lock(guard);
  auto& known = loaded[file.sha256];
  if (!known) known.reset(new AdapterLibrary(file));
  return known;
}

}  // namespace talent_loan::host
