/* The same bank, for a team that writes C: repayments from its ledger, messages to it. README.md tells the format.
 * What the other calls would bring comes from this bank by another way, so they answer "nothing" and "not yet". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <talent_loan_adapter.h>

enum { line_bytes = 4096, path_bytes = 4096, batch = 64, cells_at_most = 16 };

struct talent_loan_instance {
  talent_loan_language language;
  char ledger[path_bytes];
  char messages[path_bytes];
};

static talent_loan_text text(const char* words) {
  talent_loan_text made = {words, strlen(words)};
  return made;
}

static const char* say(talent_loan_language language, const char* chinese, const char* english) {
  return language == TALENT_LOAN_CHINESE ? chinese : english;
}

static talent_loan_result fail(const talent_loan_call* call, talent_loan_result code, talent_loan_retry retry, const char* why) {
  talent_loan_error error = {sizeof error, code, retry, 0, text(why), {NULL, 0}};
  call->fail(call, &error);
  return code;
}

/* ---- Opening and closing ------------------------------------------------------------------------------ */

/* The next line of the configuration as a path; 0 where there is none or it is too long. */
static int next_path(talent_loan_text* config, talent_loan_text folder, char* path) {
  const char* end = config->size == 0 ? NULL : memchr(config->data, '\n', config->size);
  const size_t length = end != NULL ? (size_t)(end - config->data) : config->size;
  if (length == 0 || folder.size + length + 2 > path_bytes) return 0;
  memcpy(path, folder.data, folder.size);
  path[folder.size] = '/';
  memcpy(path + folder.size + 1, config->data, length);
  path[folder.size + 1 + length] = '\0';
  config->data += end != NULL ? length + 1 : length;
  config->size -= end != NULL ? length + 1 : length;
  return 1;
}

static talent_loan_result open_bank(const talent_loan_call* call, const talent_loan_opening* opening, talent_loan_instance** instance) {
  talent_loan_text config = opening->config;
  talent_loan_instance* made = calloc(1, sizeof *made);
  if (made == NULL) return fail(call, TALENT_LOAN_INTERNAL, TALENT_LOAN_RETRY_LATER, say(opening->language, "内存不足", "out of memory"));
  made->language = opening->language;
  if (!next_path(&config, opening->base_directory, made->ledger) || !next_path(&config, opening->base_directory, made->messages)) {
    free(made);
    return fail(call, TALENT_LOAN_BAD_CONFIG, TALENT_LOAN_RETRY_NEVER, say(opening->language, "配置应为两行：台账文件、消息文件", "two lines are needed: the ledger, the messages"));
  }
  *instance = made;
  return TALENT_LOAN_OK;
}

static talent_loan_result close_bank(const talent_loan_call* call, talent_loan_instance* instance) {
  (void)call;
  free(instance);
  return TALENT_LOAN_OK;
}

static FILE* open_ledger(const talent_loan_call* call, const talent_loan_instance* instance) {
  FILE* file = fopen(instance->ledger, "re");
  if (file == NULL) fail(call, TALENT_LOAN_UNAVAILABLE, TALENT_LOAN_RETRY_LATER, say(instance->language, "无法读取台账文件", "the ledger cannot be read"));
  return file;
}

static talent_loan_result health(const talent_loan_call* call, talent_loan_instance* instance) {
  FILE* file = open_ledger(call, instance);
  if (file == NULL) return TALENT_LOAN_UNAVAILABLE;
  fclose(file);
  return TALENT_LOAN_OK;
}

/* ---- Reading the ledger ------------------------------------------------------------------------------- */

/* Reads a line without its end; 0 at the end of the file, and before a line that the bank is still writing. *whole is 0
 * for a line that is longer than any record, or holds a NUL: what comes back of it is not all of it. */
static int read_line(FILE* file, char* line, int* whole) {
  memset(line, 0, line_bytes);
  if (fgets(line, line_bytes, file) == NULL) return 0;
  char* end = memchr(line, '\n', line_bytes);
  *whole = end != NULL && strlen(line) == (size_t)(end - line) + 1;
  for (int c = 0; end == NULL && (c = fgetc(file)) != '\n';) {
    if (c == EOF) return 0;
  }
  if (end == NULL) return 1;
  *end = '\0';
  if (end > line && end[-1] == '\r') end[-1] = '\0';
  return 1;
}

static size_t split(char* line, char** cells) {
  size_t count = 0;
  while (count < cells_at_most) {
    cells[count++] = line;
    line = strchr(line, '|');
    if (line == NULL) break;
    *line++ = '\0';
  }
  return count;
}

static int digits(const char* from, size_t count, int64_t* value) {
  *value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (from[i] < '0' || from[i] > '9') return 0;
    *value = *value * 10 + (from[i] - '0');
  }
  return count > 0 && count <= 17;
}

/* YYYY-MM-DD to days since 1970-01-01; 0 for what is no real day. */
static int parse_day(const char* cell, int32_t* days) {
  static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
  int64_t y, m, d;
  if (strlen(cell) != 10 || cell[4] != '-' || cell[7] != '-' || !digits(cell, 4, &y) || !digits(cell + 5, 2, &m) || !digits(cell + 8, 2, &d)) return 0;
  const int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > before[m] - before[m - 1] + (leap && m == 2)) return 0;
  const int64_t years = y - 1;
  *days = (int32_t)(years * 365 + years / 4 - years / 100 + years / 400 + before[m - 1] + (leap && m > 2) + d - 1 - 719162);
  return 1;
}

/* Identifiers of this bank are printable ASCII. Whatever else were handed over as one would fail the whole poll. */
static int is_id(const char* cell) {
  const size_t length = strlen(cell);
  for (size_t i = 0; i < length; ++i) {
    if (cell[i] < ' ' || cell[i] > '~') return 0;
  }
  return length > 0 && length <= TALENT_LOAN_ID_BYTES_AT_MOST;
}

/* repayment|EVENT|DAY|LOAN|FEN. The texts of the event point into the line. */
static talent_loan_reject_code parse_repayment(char** cells, size_t count, talent_loan_event* event) {
  memset(event, 0, sizeof *event);
  event->struct_size = sizeof *event;
  event->kind = TALENT_LOAN_EVENT_REPAYMENT;
  event->due_on = TALENT_LOAN_NO_DAY;
  if (count != 5) return TALENT_LOAN_MALFORMED_ROW;
  if (*cells[1] == '\0' || *cells[3] == '\0') return TALENT_LOAN_MISSING_VALUE;
  if (!parse_day(cells[2], &event->happened_on)) return TALENT_LOAN_BAD_DATE;
  if (!digits(cells[4], strlen(cells[4]), &event->amount)) return TALENT_LOAN_BAD_AMOUNT;
  if (!is_id(cells[1]) || !is_id(cells[3])) return TALENT_LOAN_BAD_IDENTIFIER;
  event->event_id = text(cells[1]);
  event->loan_id = text(cells[3]);
  return 0;
}

static talent_loan_result poll_events(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_poll* poll, const talent_loan_event_sink* sink) {
  struct {
    char lines[batch][line_bytes]; /* what the texts of the events point into */
    talent_loan_event events[batch];
  }* held = malloc(sizeof *held);
  FILE* file = held != NULL ? open_ledger(call, instance) : NULL;
  if (file == NULL) {
    free(held);
    return held != NULL ? TALENT_LOAN_UNAVAILABLE : fail(call, TALENT_LOAN_INTERNAL, TALENT_LOAN_RETRY_LATER, say(instance->language, "内存不足", "out of memory"));
  }
  talent_loan_cursor after = {sizeof after, 0, poll->after->position, {NULL, 0}};
  talent_loan_result result = TALENT_LOAN_OK;
  size_t count = 0, handed_over = 0;
  int whole = 0, more = 1;
  for (int64_t number = 1; more && read_line(file, held->lines[count], &whole); ++number) {
    if (number <= poll->after->position) continue;
    if (number % 1024 == 0 && call->cancelled(call) == TALENT_LOAN_YES) {
      result = fail(call, TALENT_LOAN_CANCELLED, TALENT_LOAN_RETRY_LATER, say(instance->language, "主机已取消本次调用", "the host cancelled the call"));
      break;
    }
    char* cells[cells_at_most];
    const size_t cell_count = split(held->lines[count], cells);
    if (strcmp(cells[0], "repayment") != 0 && whole) {
      after.position = number;
      continue;
    }
    const talent_loan_reject_code wrong = whole ? parse_repayment(cells, cell_count, &held->events[count]) : TALENT_LOAN_MALFORMED_ROW;
    if (wrong != 0) {
      const talent_loan_reject row = {sizeof row, wrong, text(instance->ledger), (uint64_t)number, text(cell_count > 1 && whole && is_id(cells[1]) ? cells[1] : ""),
                                      text(say(instance->language, "应为 repayment|编号|日期|贷款|金额（分）", "expected repayment|EVENT|DAY|LOAN|FEN"))};
      sink->reject(sink, &row, 1);
    } else if (held->events[count].happened_on > poll->as_of) {
      break; /* the ledger is in the order of days */
    } else {
      ++count;
    }
    after.position = number;
    if (count == batch || handed_over + count == poll->at_most) {
      more = sink->take(sink, held->events, count, &after) == TALENT_LOAN_SINK_CONTINUE;
      handed_over += count;
      count = 0;
    }
  }
  if (result == TALENT_LOAN_OK && more && after.position > poll->after->position) sink->take(sink, held->events, count, &after);
  fclose(file);
  free(held);
  return result;
}

static talent_loan_result poll_applications(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_poll* poll, const talent_loan_application_sink* sink) {
  (void)call, (void)instance, (void)poll, (void)sink;
  return TALENT_LOAN_OK;
}
static talent_loan_result poll_claims(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_poll* poll, const talent_loan_claim_sink* sink) {
  (void)call, (void)instance, (void)poll, (void)sink;
  return TALENT_LOAN_OK;
}

/* ---- Telling the bank --------------------------------------------------------------------------------- */

/* The messages file is the bank's memory of keys: KEY, a blank, what was told. Told again, nothing is written. */
static talent_loan_result tell_once(const talent_loan_instance* instance, talent_loan_text key, const char* told, const char** why) {
  char line[line_bytes];
  int whole = 1, known = 0, conflict = 0, torn = 0;
  FILE* file = fopen(instance->messages, "a+e");
  if (file == NULL) return *why = say(instance->language, "无法写入消息文件", "the messages file cannot be written"), TALENT_LOAN_UNAVAILABLE;
  rewind(file);
  while (read_line(file, line, &whole)) {
    if (strncmp(line, key.data, key.size) != 0 || line[key.size] != ' ') continue;
    if (strcmp(line + key.size + 1, told) == 0) known = 1;
    else conflict = 1;
  }
  if (fseek(file, -1, SEEK_END) == 0) torn = fgetc(file) != '\n'; /* cut off while it was written: says nothing */
  fseek(file, 0, SEEK_END);
  if (!known && !conflict) fprintf(file, "%s%.*s %s\n", torn ? "\n" : "", (int)key.size, key.data, told);
  const int written = !ferror(file);
  if (fclose(file) != 0 || !written) return *why = say(instance->language, "无法写入消息文件", "the messages file cannot be written"), TALENT_LOAN_UNAVAILABLE;
  if (conflict) return *why = say(instance->language, "同一键已用于另一内容", "this key was used with other content"), TALENT_LOAN_CONFLICT;
  return TALENT_LOAN_OK;
}

static void answer(const talent_loan_answer_sink* sink, const talent_loan_instance* instance, talent_loan_text key, const char* told) {
  const char* why = "";
  talent_loan_answer made = {sizeof made, tell_once(instance, key, told, &why), key, key, NULL};
  const talent_loan_error error = {sizeof error, made.result, made.result == TALENT_LOAN_CONFLICT ? TALENT_LOAN_RETRY_NEVER : TALENT_LOAN_RETRY_LATER, 0, text(why), text("content")};
  if (made.result != TALENT_LOAN_OK) made.error = &error;
  sink->take(sink, &made, 1);
}

static talent_loan_result decision(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_decision* items, size_t count, const talent_loan_answer_sink* sink) {
  (void)call;
  for (size_t i = 0; i < count; ++i) {
    const talent_loan_decision* item = (const talent_loan_decision*)(const void*)((const char*)items + i * items->struct_size);
    char told[line_bytes / 2];
    size_t length = (size_t)snprintf(told, sizeof told, "decision %.*s %s", (int)item->application_id.size, item->application_id.data, item->eligible == TALENT_LOAN_YES ? "yes" : "no");
    for (size_t reason = 0; reason < item->reasons.count && length < sizeof told; ++reason) {
      length += (size_t)snprintf(told + length, sizeof told - length, " %.*s", (int)item->reasons.items[reason].size, item->reasons.items[reason].data);
    }
    answer(sink, instance, item->key, told);
  }
  return TALENT_LOAN_OK;
}

static talent_loan_result issue(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_issue* items, size_t count, const talent_loan_issue_answer_sink* sink) {
  (void)call, (void)instance;
  for (size_t i = 0; i < count; ++i) {
    const talent_loan_issue* item = (const talent_loan_issue*)(const void*)((const char*)items + i * items->struct_size);
    talent_loan_issue_answer pending = {sizeof pending, TALENT_LOAN_OK, item->key, NULL, TALENT_LOAN_PENDING, TALENT_LOAN_NO_DAY, {NULL, 0}, 0, -1, TALENT_LOAN_NO_DAY, 0, {NULL, 0}};
    sink->take(sink, &pending, 1);
  }
  return TALENT_LOAN_OK;
}

static talent_loan_result settled(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_settled* items, size_t count, const talent_loan_answer_sink* sink) {
  (void)call;
  for (size_t i = 0; i < count; ++i) {
    const talent_loan_settled* item = (const talent_loan_settled*)(const void*)((const char*)items + i * items->struct_size);
    char told[line_bytes / 2];
    snprintf(told, sizeof told, "settled %.*s %lld %.*s", (int)item->claim_id.size, item->claim_id.data, (long long)item->paid, (int)item->code.size, item->code.size > 0 ? item->code.data : "");
    answer(sink, instance, item->key, told);
  }
  return TALENT_LOAN_OK;
}

static talent_loan_result scored(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_scored* items, size_t count, const talent_loan_answer_sink* sink) {
  (void)call;
  for (size_t i = 0; i < count; ++i) {
    const talent_loan_scored* item = (const talent_loan_scored*)(const void*)((const char*)items + i * items->struct_size);
    char told[line_bytes / 2];
    snprintf(told, sizeof told, "scored %d %.*s", (int)item->year, (int)item->score.size, item->score.data);
    answer(sink, instance, item->key, told);
  }
  return TALENT_LOAN_OK;
}

/* ---- The entry ---------------------------------------------------------------------------------------- */

static const void* get_table(talent_loan_text name) {
  static const talent_loan_adapter_table table = {sizeof table, 0, open_bank, close_bank, health, poll_applications, decision, issue, poll_events, poll_claims, settled, scored};
  const talent_loan_text offered = text(TALENT_LOAN_ADAPTER_TABLE_1);
  return name.size == offered.size && memcmp(name.data, offered.data, name.size) == 0 ? &table : NULL;
}

const talent_loan_entry talent_loan_adapter_entry = {TALENT_LOAN_ADAPTER_MAGIC, TALENT_LOAN_ADAPTER_MAJOR, TALENT_LOAN_ADAPTER_MINOR, sizeof(talent_loan_entry),
                                                     {"ledger-file", sizeof "ledger-file" - 1}, {"1.0.0", sizeof "1.0.0" - 1}, get_table};
