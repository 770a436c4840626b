/* A library with one thing wrong about how it presents itself; MISLOADED_… says which. */
#include <stdlib.h>
#include <talent_loan_adapter.h>

#if defined(MISLOADED_UNDEFINED)
extern int talent_loan_nobody_defines_this(void);
#endif

#if defined(MISLOADED_SMALL_NOTICES) || defined(MISLOADED_EMPTY_NOTICES)
#define MISLOADED_NOTICES
#include <string.h>
#endif

/* Of its table nothing is wrong: only the words of its entry. */
#if defined(MISLOADED_BAD_NAME) || defined(MISLOADED_EMPTY_NAME) || defined(MISLOADED_LONG_NAME) || defined(MISLOADED_EMPTY_RELEASE) || defined(MISLOADED_LONG_RELEASE)
#define MISLOADED_WORDS
#include <string.h>
#endif

#if defined(MISLOADED_ANY_TABLE) || defined(MISLOADED_NEW_TABLE) || defined(MISLOADED_NOTICES) || defined(MISLOADED_WORDS)
static talent_loan_result open(const talent_loan_call* a, const talent_loan_opening* b, talent_loan_instance** c) { return (void)a, (void)b, (void)c, TALENT_LOAN_INTERNAL; }
static talent_loan_result end(const talent_loan_call* a, talent_loan_instance* b) { return (void)a, (void)b, TALENT_LOAN_INTERNAL; }
static talent_loan_result applications(const talent_loan_call* a, talent_loan_instance* b, const talent_loan_poll* c, const talent_loan_application_sink* d) { return (void)a, (void)b, (void)c, (void)d, TALENT_LOAN_INTERNAL; }
static talent_loan_result events(const talent_loan_call* a, talent_loan_instance* b, const talent_loan_poll* c, const talent_loan_event_sink* d) { return (void)a, (void)b, (void)c, (void)d, TALENT_LOAN_INTERNAL; }
static talent_loan_result claims(const talent_loan_call* a, talent_loan_instance* b, const talent_loan_poll* c, const talent_loan_claim_sink* d) { return (void)a, (void)b, (void)c, (void)d, TALENT_LOAN_INTERNAL; }
static talent_loan_result decision(const talent_loan_call* a, talent_loan_instance* b, const talent_loan_decision* c, size_t n, const talent_loan_answer_sink* d) { return (void)a, (void)b, (void)c, (void)n, (void)d, TALENT_LOAN_INTERNAL; }
static talent_loan_result issue(const talent_loan_call* a, talent_loan_instance* b, const talent_loan_issue* c, size_t n, const talent_loan_issue_answer_sink* d) { return (void)a, (void)b, (void)c, (void)n, (void)d, TALENT_LOAN_INTERNAL; }
static talent_loan_result settled(const talent_loan_call* a, talent_loan_instance* b, const talent_loan_settled* c, size_t n, const talent_loan_answer_sink* d) { return (void)a, (void)b, (void)c, (void)n, (void)d, TALENT_LOAN_INTERNAL; }
static talent_loan_result scored(const talent_loan_call* a, talent_loan_instance* b, const talent_loan_scored* c, size_t n, const talent_loan_answer_sink* d) { return (void)a, (void)b, (void)c, (void)n, (void)d, TALENT_LOAN_INTERNAL; }
#define WHOLE {sizeof(talent_loan_adapter_table), 0, &open, &end, &end, &applications, &decision, &issue, &events, &claims, &settled, &scored}
#endif

static const void* get_table(talent_loan_text name) {
  (void)name;
#if defined(MISLOADED_SMALL_TABLE)
  static const talent_loan_adapter_table table = {16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  return name.size > 0 ? &table : 0;
#elif defined(MISLOADED_EMPTY_TABLE)
  static const talent_loan_adapter_table table = {sizeof table, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  return name.size > 0 ? &table : 0;
#elif defined(MISLOADED_NOTICES)
  static const talent_loan_adapter_table table = WHOLE;
#if defined(MISLOADED_SMALL_NOTICES)
  static const talent_loan_notices_table notices = {8, 0, 0};
#else
  static const talent_loan_notices_table notices = {sizeof notices, 0, 0};
#endif
  static const char wanted[] = TALENT_LOAN_NOTICES_TABLE_1;
  const int is_notices = name.size == sizeof wanted - 1 && memcmp(name.data, wanted, name.size) == 0;
  return is_notices ? (const void*)&notices : (const void*)&table;
#elif defined(MISLOADED_WORDS)
  static const talent_loan_adapter_table table = WHOLE;
  static const char wanted[] = TALENT_LOAN_ADAPTER_TABLE_1;
  return name.size == sizeof wanted - 1 && memcmp(name.data, wanted, name.size) == 0 ? &table : 0;
#elif defined(MISLOADED_UNDEFINED)
  return name.size > 0 && talent_loan_nobody_defines_this() ? &talent_loan_adapter_entry : 0;
#elif defined(MISLOADED_ANY_TABLE) || defined(MISLOADED_NEW_TABLE)
  static const talent_loan_adapter_table tables[2] = {WHOLE, WHOLE};
  static int asked = 0;
#if defined(MISLOADED_NEW_TABLE)
  return &tables[asked++ % 2];
#else
  return &tables[asked];
#endif
#elif defined(MISLOADED_CRASH)
  abort();
#else
  return 0;
#endif
}

#if defined(MISLOADED_MAGIC)
#define MAGIC 0xDEADBEEFu
#else
#define MAGIC TALENT_LOAN_ADAPTER_MAGIC
#endif
#if defined(MISLOADED_VERSION)
#define MAJOR 9u
#else
#define MAJOR TALENT_LOAN_ADAPTER_MAJOR
#endif
#if defined(MISLOADED_SMALL_ENTRY)
#define SIZE 16u
#else
#define SIZE (uint32_t)sizeof(talent_loan_entry)
#endif

#define WORD(text) {text, sizeof(text) - 1}
#define TOO_LONG "a-word-of-65-bytes-is-one-too-long-for-the-entry-of-a-library-123"
#if defined(MISLOADED_BAD_NAME)
#define NAME WORD("Bad Name!")
#elif defined(MISLOADED_EMPTY_NAME)
#define NAME WORD("")
#elif defined(MISLOADED_LONG_NAME)
#define NAME WORD(TOO_LONG)
#else
#define NAME WORD("misloaded")
#endif
#if defined(MISLOADED_EMPTY_RELEASE)
#define RELEASE WORD("")
#elif defined(MISLOADED_LONG_RELEASE)
#define RELEASE WORD(TOO_LONG)
#else
#define RELEASE WORD("1")
#endif

#if !defined(MISLOADED_NO_SYMBOL)
const talent_loan_entry talent_loan_adapter_entry = {MAGIC, MAJOR, 4u, SIZE, NAME, RELEASE, &get_table};
#else
TALENT_LOAN_ADAPTER_EXPORT const void* talent_loan_something_else(talent_loan_text name);
const void* talent_loan_something_else(talent_loan_text name) { return get_table(name); }
#endif

#if defined(MISLOADED_HANG)
__attribute__((constructor)) static void hang(void) {
  for (volatile unsigned i = 0;; i = i + 1) continue;
}
#endif
