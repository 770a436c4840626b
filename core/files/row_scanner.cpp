#include "core/files/row_scanner.hpp"

namespace talent_loan {

RowScan RowScanner::scan(std::string_view text, bool last) {
  window_ = text.substr(0, CsvReader::row_bytes_at_most);
  window_is_all_ = last && window_.size() == text.size();
  at_ = 0;
  nul_ = false;
  first_line_cells_ = std::string_view::npos;
  cells_.clear();
  for (;;) {
    switch (at_ < window_.size() && window_[at_] == '"' ? quoted_cell() : plain_cell()) {
      case Stop::comma: break;
      case Stop::row_end:
        return {.fault = nul_ ? RowFault::nul_byte : RowFault::none,
                .bytes = at_,
                .blank = cells_.size() == 1 && cells_.front().empty() && text.front() != '"'};
      case Stop::bad_quote: return first_line(text, last, RowFault::broken_quote);
      case Stop::need_more:
        if (window_.size() == text.size()) return {.need_more = true};
        return first_line(text, last, RowFault::broken_quote);
    }
  }
}

RowScan RowScanner::first_line(std::string_view text, bool last, RowFault fault) {
  std::size_t end = window_.find('\n');
  if (end == std::string_view::npos && window_.size() < text.size()) {
    fault = RowFault::too_long;
    cells_.clear();
    end = text.find('\n', window_.size());
  }
  if (first_line_cells_ < cells_.size()) cells_.resize(first_line_cells_);
  if (end != std::string_view::npos) return {.fault = fault, .bytes = end + 1};
  if (last) return {.fault = fault, .bytes = text.size()};
  return {.fault = fault, .need_more = true};
}

RowScanner::Stop RowScanner::plain_cell() {
  const std::size_t begin = at_;
  for (; at_ < window_.size(); ++at_) {
    switch (window_[at_]) {
      case ',':
        cells_.push_back(window_.substr(begin, at_ - begin));
        ++at_;
        return Stop::comma;
      case '\n': {
        const std::size_t end = at_ > begin && window_[at_ - 1] == '\r' ? at_ - 1 : at_;
        cells_.push_back(window_.substr(begin, end - begin));
        ++at_;
        return Stop::row_end;
      }
      case '"': return Stop::bad_quote;
      case '\0': nul_ = true; break;
      default: break;
    }
  }
  if (!window_is_all_) return Stop::need_more;
  const std::size_t end = at_ > begin && window_[at_ - 1] == '\r' ? at_ - 1 : at_;
  cells_.push_back(window_.substr(begin, end - begin));
  return Stop::row_end;
}

RowScanner::Stop RowScanner::quoted_cell() {
  const std::size_t begin = ++at_;
  std::string* undone = nullptr;
  std::size_t taken = begin;  // what stands before it is in `undone`
  std::size_t quote = 0;
  for (;;) {
    quote = window_.find('"', at_);
    if (quote == std::string_view::npos) return window_is_all_ ? Stop::bad_quote : Stop::need_more;
    at_ = quote + 1;
    if (at_ == window_.size() && !window_is_all_) return Stop::need_more;
    if (at_ == window_.size() || window_[at_] != '"') break;
    if (undone == nullptr) undone = &undone_.emplace_back();
    undone->append(window_, taken, at_ - taken);  // the first of the two quotes included
    taken = ++at_;
  }
  if (undone != nullptr) undone->append(window_, taken, quote - taken);
  const std::string_view cell = undone != nullptr ? std::string_view(*undone) : window_.substr(begin, quote - begin);
  nul_ = nul_ || cell.find('\0') != std::string_view::npos;
  const bool first_line_ends = first_line_cells_ == std::string_view::npos && cell.find('\n') != std::string_view::npos;
  if (first_line_ends) first_line_cells_ = cells_.size();

  Stop stop = Stop::bad_quote;
  if (at_ == window_.size()) {
    stop = Stop::row_end;
  } else if (window_[at_] == ',') {
    ++at_;
    stop = Stop::comma;
  } else if (window_[at_] == '\n') {
    ++at_;
    stop = Stop::row_end;
  } else if (window_[at_] == '\r') {
    if (at_ + 1 == window_.size()) {
      if (!window_is_all_) return Stop::need_more;
      ++at_;
      stop = Stop::row_end;
    } else if (window_[at_ + 1] == '\n') {
      at_ += 2;
      stop = Stop::row_end;
    }
  }
  if (stop != Stop::bad_quote) cells_.push_back(cell);
  return stop;
}

}  // namespace talent_loan
