/* The interface between talent-loan (the host) and a bank's adapter: a shared library that speaks for one
 * style of core-banking system. C only; compiles alone under C11, C17, C++17 and C++20.
 *
 * HOW IT IS FOUND. The library exports one data symbol, `talent_loan_adapter_entry`, and nothing else. Its
 * first four words can be read before any call, so that a library of another version is refused and not run.
 * Everything else is a table of functions asked for by name and revision; NULL means "not offered" and is a
 * normal answer. Structs and tables only ever grow at their end, and a table that must change gets a new
 * revision in its name: a library built today loads into every later host of the same major version.
 *
 * SIZES. Every struct begins with `struct_size`, the size its writer was compiled with. Neither side reads or
 * writes past the smaller of the two, so a field the other side does not know is absent, never garbage. In an
 * array all elements have the same struct_size, which is also the distance from one to the next. Only the two
 * pairs talent_loan_text and talent_loan_texts carry no size: they can never grow.
 *
 * WHO OWNS WHAT. Memory never changes hands. What either side passes by pointer is borrowed for that call:
 * the callee copies what it wants to keep. Results go to the host through its sink functions, which copy
 * before they return. The only thing an adapter keeps is its own talent_loan_instance.
 *
 * VALUES. Text is UTF-8, pointer and length, not ended by NUL; length 0 means "not stated" (data may then be
 * NULL). Money is whole fen (1/100 yuan) in int64_t, 0 to TALENT_LOAN_FEN_AT_MOST. A day is int32_t days
 * since 1970-01-01 in the years 1 to 9999, or TALENT_LOAN_NO_DAY for "not stated". A rate is int64_t
 * hundred-millionths a year (6% is 6000000). Enumerations have the fixed values below; 0 is never one of
 * them, so that a forgotten field is found, and the host refuses a value it does not know.
 *
 * THREADS. [instance]: the host calls from any thread, but never two calls on one instance at once; calls on
 * different instances may run at once. [any]: at any time, from any thread. Call-context and sink functions
 * may be called only while the call they came with is running; sinks only on the thread that the call came
 * on, `cancelled` and `milliseconds_left` on any. No thread of an adapter outlives close().
 *
 * WHAT MUST NOT CROSS. No exception, longjmp or C++ type. An adapter does not call exit or abort, does not
 * set signal handlers, the locale, the environment or the working directory, and does not write to standard
 * output: the process is not its own.
 *
 * TIME. Every call carries a deadline. After it the host cuts the call off (an isolated adapter is killed) and
 * treats its outcome as unknown: what changes the bank's side is asked again WITH THE SAME KEY.
 *
 * KEYS. Whatever changes the bank's side carries an idempotency key, at most 128 bytes of A-Z a-z 0-9 . _ : -,
 * the same for the same deed however often it is asked. The same key with the same content gives the same
 * answer and changes nothing; with other content it is the error TALENT_LOAN_CONFLICT that names the field.
 *
 * ERRORS. A function returns TALENT_LOAN_OK or an error code, and before it returns an error it says why
 * through call->fail: code, text, the field it is about, and whether asking again can help. An error without
 * a text is a fault of the adapter. Text never holds whole names or identity numbers: mask them. */
#ifndef TALENT_LOAN_ADAPTER_H
#define TALENT_LOAN_ADAPTER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TALENT_LOAN_ADAPTER_MAGIC 0x544C4144u /* "TLAD" */
#define TALENT_LOAN_ADAPTER_MAJOR 1u
#define TALENT_LOAN_ADAPTER_MINOR 1u
#define TALENT_LOAN_ADAPTER_TABLE_1 "talent-loan/adapter/1"
#define TALENT_LOAN_NOTICES_TABLE_1 "talent-loan/notices/1" /* optional; since 1.1 */

#define TALENT_LOAN_NO_DAY INT32_MIN
#define TALENT_LOAN_FEN_AT_MOST INT64_C(99999999999999999) /* fifteen digits of yuan and two decimals */
#define TALENT_LOAN_TEXT_BYTES_AT_MOST 4096u               /* of any one text but the configuration */
#define TALENT_LOAN_ID_BYTES_AT_MOST 64u                   /* of any identifier of the bank's */
#define TALENT_LOAN_BATCH_AT_MOST 1024u                    /* items in one call of decision, issue, settled, scored */

#if defined(__GNUC__)
#define TALENT_LOAN_ADAPTER_EXPORT __attribute__((visibility("default")))
#else
#define TALENT_LOAN_ADAPTER_EXPORT
#endif

/* Bytes borrowed for the call. */
typedef struct talent_loan_text {
  const char* data; /* UTF-8; may be NULL where size is 0 */
  size_t size;      /* bytes */
} talent_loan_text;

typedef struct talent_loan_texts {
  const talent_loan_text* items; /* may be NULL where count is 0 */
  size_t count;
} talent_loan_texts;

/* ---- Fixed words -------------------------------------------------------------------------------------- */

typedef int32_t talent_loan_result;
enum {
  TALENT_LOAN_OK = 1,
  TALENT_LOAN_BAD_CONFIG = 2,   /* the configuration cannot be used; field: the key path */
  TALENT_LOAN_UNAVAILABLE = 3,  /* the bank's system cannot be reached, or says "not now" */
  TALENT_LOAN_DENIED = 4,       /* the bank's system refuses our credentials */
  TALENT_LOAN_BAD_DATA = 5,     /* what the bank sent breaks its own format or its control totals */
  TALENT_LOAN_NOT_FOUND = 6,    /* the bank does not know the record; field: which identifier */
  TALENT_LOAN_CONFLICT = 7,     /* this key was used with other content; field: what differs */
  TALENT_LOAN_TIMED_OUT = 8,    /* the deadline passed; whether the bank acted is unknown */
  TALENT_LOAN_CANCELLED = 9,    /* the host cancelled the call and the adapter stopped in good order */
  TALENT_LOAN_BAD_REQUEST = 10, /* the host asked for something outside this interface; field: what */
  TALENT_LOAN_INTERNAL = 11     /* a fault of the adapter itself */
};

typedef int32_t talent_loan_retry;
enum {
  TALENT_LOAN_RETRY_NEVER = 1,    /* someone must act first; the text says who and how */
  TALENT_LOAN_RETRY_SAME_KEY = 2, /* at once, unchanged: the outcome may be unknown */
  TALENT_LOAN_RETRY_LATER = 3     /* unchanged, after a pause */
};

typedef int32_t talent_loan_yes_no;
enum { TALENT_LOAN_YES = 1, TALENT_LOAN_NO = 2 };

typedef int32_t talent_loan_language;
enum { TALENT_LOAN_CHINESE = 1, TALENT_LOAN_ENGLISH = 2 };

typedef int32_t talent_loan_log_level;
enum { TALENT_LOAN_LOG_DEBUG = 1, TALENT_LOAN_LOG_INFO = 2, TALENT_LOAN_LOG_WARNING = 3 };

typedef int32_t talent_loan_borrower_kind;
enum {
  TALENT_LOAN_BORROWER_TALENT = 1,  /* borrower_id is an identity number */
  TALENT_LOAN_BORROWER_EMPLOYER = 2 /* borrower_id is a unified social credit code */
};

typedef int32_t talent_loan_issue_outcome;
enum {
  TALENT_LOAN_DISBURSED = 1, /* contracted and paid out: the loan fields are filled */
  TALENT_LOAN_DECLINED = 2,  /* the bank will not lend: `reason` is filled; final */
  TALENT_LOAN_PENDING = 3    /* not decided yet: the host asks again with the same key at its next sync */
};

typedef int32_t talent_loan_class; /* the classification of loans, 正常 关注 次级 可疑 损失 */
enum {
  TALENT_LOAN_CLASS_NORMAL = 1,
  TALENT_LOAN_CLASS_SPECIAL_MENTION = 2,
  TALENT_LOAN_CLASS_SUBSTANDARD = 3,
  TALENT_LOAN_CLASS_DOUBTFUL = 4,
  TALENT_LOAN_CLASS_LOSS = 5
};

typedef int32_t talent_loan_event_kind;
enum {
  TALENT_LOAN_EVENT_REPAYMENT = 1,         /* amount: principal repaid (never interest) */
  TALENT_LOAN_EVENT_OVERDUE = 2,           /* overdue_days as of happened_on; 0: no longer overdue */
  TALENT_LOAN_EVENT_CLASSIFICATION = 3,    /* loan_class from happened_on on */
  TALENT_LOAN_EVENT_EXTENSION = 4,         /* due_on: the new due day */
  TALENT_LOAN_EVENT_RENEWAL = 5,           /* renewed without repayment of principal; due_on: the new due day */
  TALENT_LOAN_EVENT_DEFAULT = 6,           /* the bank declares the loan in default on happened_on */
  TALENT_LOAN_EVENT_RECOVERY = 7,          /* amount: collected from the borrower; costs: of collecting it */
  TALENT_LOAN_EVENT_RECOVERY_REVERSED = 8, /* amount, costs: of a recovery that is taken back */
  TALENT_LOAN_EVENT_WRITE_OFF = 9          /* amount: principal written off in the bank's books */
};

typedef int32_t talent_loan_reject_code; /* why a row of the bank is no record; the first that applies */
enum {
  TALENT_LOAN_MALFORMED_ROW = 1,
  TALENT_LOAN_MISSING_VALUE = 2,
  TALENT_LOAN_BAD_DATE = 3,
  TALENT_LOAN_BAD_AMOUNT = 4,
  TALENT_LOAN_BAD_IDENTIFIER = 5,
  TALENT_LOAN_BAD_VALUE = 6,
  TALENT_LOAN_DUPLICATE_KEY = 7,
  TALENT_LOAN_DATES_OUT_OF_ORDER = 8,
  TALENT_LOAN_RECOVERED_OVER_OUTSTANDING = 9
};

/* What a sink says to the adapter after a batch. */
typedef int32_t talent_loan_sink_reply;
enum {
  TALENT_LOAN_SINK_CONTINUE = 1, /* taken; more is welcome */
  TALENT_LOAN_SINK_STOP = 2      /* hand over nothing more in this call; return TALENT_LOAN_OK */
};

/* ---- The call ----------------------------------------------------------------------------------------- */

/* Why a call, or one item of a batch, failed. */
typedef struct talent_loan_error {
  uint32_t struct_size;
  talent_loan_result code; /* what the function returns; never TALENT_LOAN_OK */
  talent_loan_retry retry;
  int32_t reserved;       /* 0 */
  talent_loan_text text;  /* a sentence in the language that open() was told; REQUIRED */
  talent_loan_text field; /* the configuration key, record field or identifier it is about; may be empty */
} talent_loan_error;

/* Given by the host to every call; borrowed until that call returns. */
typedef struct talent_loan_call talent_loan_call;
struct talent_loan_call {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* host;        /* the host's own; adapters do not touch it */
  /* Milliseconds to the deadline, 0 once it has passed. [any, during the call] */
  int64_t (*milliseconds_left)(const talent_loan_call* call);
  /* TALENT_LOAN_YES once the host no longer wants the answer. A call that may last over 100 ms asks now and
   * then, and returns TALENT_LOAN_CANCELLED. [any, during the call] */
  talent_loan_yes_no (*cancelled)(const talent_loan_call* call);
  /* States the error that the call is about to return; the last statement counts. [thread of the call] */
  void (*fail)(const talent_loan_call* call, const talent_loan_error* error);
  /* A line for the host's log. Never with unmasked personal data or credentials. [thread of the call] */
  void (*log)(const talent_loan_call* call, talent_loan_log_level level, talent_loan_text line);
};

/* ---- Opening ------------------------------------------------------------------------------------------ */

/* One opened binding of one bank; the adapter's own type behind an opaque name. */
typedef struct talent_loan_instance talent_loan_instance;

typedef struct talent_loan_opening {
  uint32_t struct_size;
  talent_loan_language language; /* of error texts and log lines */
  talent_loan_text bank_id;      /* whose adapter this instance is */
  /* The configuration, verbatim as the bank wrote it: up to 1 MiB of UTF-8 without a byte-order mark. Its
   * form is the adapter's business; the adapters that come with talent-loan read YAML. */
  talent_loan_text config;
  talent_loan_text config_path;    /* the file it came from, to name in messages; not to be opened again */
  talent_loan_text base_directory; /* absolute; relative paths in the configuration are relative to it */
} talent_loan_opening;

/* ---- Polling ------------------------------------------------------------------------------------------ */

/* How far a stream (applications, events, claims) has been read. The host keeps it and commits it together
 * with the records it came with, so a crash at any point repeats records and never skips one.
 * `position` starts at 0, never falls, and is greater after a batch with records than before it (a count or a
 * sequence number will do): this is how the host notices a stream that was turned back. `token` is whatever
 * the adapter wants to be given again, up to TALENT_LOAN_TEXT_BYTES_AT_MOST; empty at the start. */
typedef struct talent_loan_cursor {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  int64_t position;
  talent_loan_text token;
} talent_loan_cursor;

typedef struct talent_loan_poll {
  uint32_t struct_size;
  uint32_t at_most;                /* records to hand over in this call at the most; 1 or more */
  const talent_loan_cursor* after; /* hand over what comes after this; never NULL */
  int32_t as_of;                   /* hand over nothing that the bank dated later than this day */
  int32_t reserved;                /* 0 */
} talent_loan_poll;

/* A row of the bank's data that is no record. It is counted and reported, never dropped silently. */
typedef struct talent_loan_reject {
  uint32_t struct_size;
  talent_loan_reject_code code;
  talent_loan_text source; /* file, page or table it stood in */
  uint64_t line;           /* physical line or row number there, from 1; 0: not known */
  talent_loan_text key;    /* the record's key as found; may be empty */
  talent_loan_text text;   /* what was found and what is allowed; REQUIRED; personal data masked */
} talent_loan_reject;

/* An application for a loan. All fields REQUIRED but those marked. */
typedef struct talent_loan_application {
  uint32_t struct_size;
  talent_loan_borrower_kind borrower_kind;
  talent_loan_text application_id; /* the bank's own, unique within the bank */
  talent_loan_text borrower_id;
  int32_t applied_on;
  int32_t term_months; /* 1 to 1200; 0: not stated */
  int64_t amount;
  int64_t rate;             /* -1: not stated */
  talent_loan_text purpose; /* a word of the policy, "commercialisation" or "innovation" */
  talent_loan_yes_no secured;
  talent_loan_yes_no guaranteed;
  talent_loan_texts tags; /* marks that a policy may ask for, such as "key-list"; mostly none */
} talent_loan_application;

/* Something that happened to a loan. Which fields count is told at talent_loan_event_kind; the others are 0,
 * TALENT_LOAN_NO_DAY or empty. */
typedef struct talent_loan_event {
  uint32_t struct_size;
  talent_loan_event_kind kind;
  talent_loan_text event_id; /* the bank's own, unique within the bank: the same event has the same id
                                however often it is handed over */
  talent_loan_text loan_id;
  int32_t happened_on;
  int32_t overdue_days; /* 0 to 36500 */
  int64_t amount;
  int64_t costs;
  talent_loan_class loan_class; /* 0 unless kind is TALENT_LOAN_EVENT_CLASSIFICATION */
  int32_t due_on;
  int64_t sequence; /* the bank's order within a day, 0 or more; 0 where it has none */
} talent_loan_event;

/* The bank claims its principal loss on a loan, once. All fields REQUIRED but those marked. */
typedef struct talent_loan_claim {
  uint32_t struct_size;
  uint32_t reserved;         /* 0 */
  talent_loan_text claim_id; /* the bank's own, unique within the bank */
  talent_loan_text loan_id;
  talent_loan_text borrower_id;
  /* Empty: the bank of this instance. Another bank only where the binding says `serves: several`. */
  talent_loan_text bank_id;
  int32_t disbursed_on;
  int32_t defaulted_on;
  int32_t claimed_on;            /* TALENT_LOAN_NO_DAY: the day of the poll */
  int32_t reserved_day;          /* 0 */
  int64_t outstanding_principal; /* at the claim */
  int64_t recovered_principal;   /* recovered until the claim */
  int64_t loan_amount;           /* -1: not stated */
  uint64_t line; /* physical line or row number it stood on in the bank's data, from 1; 0: not known */
} talent_loan_claim;

/* Where a poll puts what it finds. `take` receives the next batch, in the bank's order, and the cursor after
 * it (never NULL); a batch without records moves the cursor over data that holds none. A poll may hand over
 * several batches; together they stay within poll->at_most. A poll that hands over nothing and moves no
 * cursor says that there is nothing more for now. `reject` reports rows that are no records, before the
 * `take` whose cursor passes them. REQUIRES: on the thread of the call, before it returns. */
typedef struct talent_loan_application_sink talent_loan_application_sink;
struct talent_loan_application_sink {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* host;
  talent_loan_sink_reply (*take)(const talent_loan_application_sink* sink, const talent_loan_application* items,
                                 size_t count, const talent_loan_cursor* after);
  void (*reject)(const talent_loan_application_sink* sink, const talent_loan_reject* rows, size_t count);
};

typedef struct talent_loan_event_sink talent_loan_event_sink;
struct talent_loan_event_sink {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* host;
  talent_loan_sink_reply (*take)(const talent_loan_event_sink* sink, const talent_loan_event* items,
                                 size_t count, const talent_loan_cursor* after);
  void (*reject)(const talent_loan_event_sink* sink, const talent_loan_reject* rows, size_t count);
};

typedef struct talent_loan_claim_sink talent_loan_claim_sink;
struct talent_loan_claim_sink {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* host;
  talent_loan_sink_reply (*take)(const talent_loan_claim_sink* sink, const talent_loan_claim* items,
                                 size_t count, const talent_loan_cursor* after);
  void (*reject)(const talent_loan_claim_sink* sink, const talent_loan_reject* rows, size_t count);
};

/* ---- Telling the bank --------------------------------------------------------------------------------- */

/* The host's decision on an application. */
typedef struct talent_loan_decision {
  uint32_t struct_size;
  talent_loan_yes_no eligible;
  talent_loan_text key;
  talent_loan_text decision_id;
  talent_loan_text application_id;
  talent_loan_texts reasons; /* codes such as "LEVEL_TOO_LOW"; none when eligible */
  talent_loan_text policy_version;
  talent_loan_text programme; /* the talent programme it rests on; may be empty */
  talent_loan_texts cites;    /* clauses of the policy, such as "§4" */
  int32_t decided_on;
  int32_t reserved; /* 0 */
} talent_loan_decision;

/* Asks the bank to approve, contract and disburse (or to decline) an eligible application. */
typedef struct talent_loan_issue {
  uint32_t struct_size;
  int32_t as_of; /* the host's working day: report no disbursement dated later. Not part of the key's content */
  talent_loan_text key;
  talent_loan_text application_id;
  talent_loan_text decision_id;
} talent_loan_issue;

typedef struct talent_loan_payer_amount {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  talent_loan_text payer;
  int64_t pays;  /* cash to the bank */
  int64_t bears; /* what is finally its own cost */
} talent_loan_payer_amount;

/* What a settlement batch decided on one claim. */
typedef struct talent_loan_settled {
  uint32_t struct_size;
  talent_loan_yes_no accepted;
  talent_loan_text key;
  talent_loan_text batch_id;
  talent_loan_text claim_id;
  talent_loan_text loan_id;
  talent_loan_text code; /* why it was rejected, such as "TRIGGER_NOT_MET"; empty when accepted */
  talent_loan_text policy_version;
  int64_t principal_loss;
  int64_t paid; /* the sum of what the payers pay */
  int64_t bank_bears;
  const talent_loan_payer_amount* payers; /* payer_count of them */
  size_t payer_count;
} talent_loan_settled;

typedef struct talent_loan_indicator_points {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  talent_loan_text indicator;
  talent_loan_text points; /* exact decimal, such as "13.75" */
} talent_loan_indicator_points;

/* The bank's result in the yearly assessment. */
typedef struct talent_loan_scored {
  uint32_t struct_size;
  int32_t year;
  talent_loan_text key;
  talent_loan_text score; /* exact decimal */
  int32_t rank;           /* from 1 */
  int32_t banks;          /* how many were ranked */
  talent_loan_text grade; /* may be empty */
  const talent_loan_indicator_points* breakdown; /* breakdown_count of them */
  size_t breakdown_count;
} talent_loan_scored;

/* What became of one item of a batch. Exactly one per key: an item without an answer counts as timed out. */
typedef struct talent_loan_answer {
  uint32_t struct_size;
  talent_loan_result result; /* of this item */
  talent_loan_text key;      /* of the item that is answered */
  talent_loan_text receipt;  /* the bank's reference for having taken note; may be empty */
  const talent_loan_error* error; /* REQUIRED unless result is TALENT_LOAN_OK; then NULL */
} talent_loan_answer;

typedef struct talent_loan_issue_answer {
  uint32_t struct_size;
  talent_loan_result result;
  talent_loan_text key;
  const talent_loan_error* error;    /* REQUIRED unless result is TALENT_LOAN_OK; then NULL */
  talent_loan_issue_outcome outcome; /* REQUIRED when result is TALENT_LOAN_OK, as is what follows */
  int32_t disbursed_on;              /* disbursed */
  talent_loan_text loan_id;          /* disbursed: the bank's own, unique within the bank */
  int64_t amount;                    /* disbursed: the principal paid out */
  int64_t rate;                      /* disbursed; -1: not stated */
  int32_t due_on;                    /* disbursed; may be TALENT_LOAN_NO_DAY */
  int32_t term_months;               /* disbursed; 0: not stated */
  talent_loan_text reason;           /* declined: why */
} talent_loan_issue_answer;

typedef struct talent_loan_answer_sink talent_loan_answer_sink;
struct talent_loan_answer_sink {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* host;
  void (*take)(const talent_loan_answer_sink* sink, const talent_loan_answer* items, size_t count);
};

typedef struct talent_loan_issue_answer_sink talent_loan_issue_answer_sink;
struct talent_loan_issue_answer_sink {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* host;
  void (*take)(const talent_loan_issue_answer_sink* sink, const talent_loan_issue_answer* items, size_t count);
};

/* ---- Table "talent-loan/adapter/1" -------------------------------------------------------------------- */

/* REQUIRES of every call but open: the instance came from open() and was not closed. Calls that move data
 * move batches, because one round trip to an isolated adapter costs a thousand times a record. A batch holds
 * 1 to TALENT_LOAN_BATCH_AT_MOST items with different keys. Every function of this revision is REQUIRED. */
typedef struct talent_loan_adapter_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */

  /* Reads and checks the configuration, connects if that is quick, and stores the new instance in
   * *instance. On error *instance stays untouched and nothing is left behind. First call of all. [any] */
  talent_loan_result (*open)(const talent_loan_call* call, const talent_loan_opening* opening,
                             talent_loan_instance** instance);

  /* Ends the instance and every thread it started. Called once, last, also after errors; whatever it
   * returns, the instance is gone. Pending work is dropped: the host asks again. [instance] */
  talent_loan_result (*close)(const talent_loan_call* call, talent_loan_instance* instance);

  /* Can the bank's system be reached with these credentials? Changes nothing. [instance] */
  talent_loan_result (*health)(const talent_loan_call* call, talent_loan_instance* instance);

  /* New applications after the cursor, in the bank's order. Asking again with the same cursor gives the same
   * records again, and perhaps more after them: an adapter remembers nothing between polls. [instance] */
  talent_loan_result (*poll_applications)(const talent_loan_call* call, talent_loan_instance* instance,
                                          const talent_loan_poll* poll,
                                          const talent_loan_application_sink* sink);

  /* Tells the bank decisions on its applications; called once the host has stored them. Items are answered
   * one by one through the sink; the call fails as a whole only where no item could be tried. [instance] */
  talent_loan_result (*decision)(const talent_loan_call* call, talent_loan_instance* instance,
                                 const talent_loan_decision* items, size_t count,
                                 const talent_loan_answer_sink* sink);

  /* Asks for loans on eligible applications; again at every sync while the answer is pending. [instance] */
  talent_loan_result (*issue)(const talent_loan_call* call, talent_loan_instance* instance,
                              const talent_loan_issue* items, size_t count,
                              const talent_loan_issue_answer_sink* sink);

  /* What happened to loans, as poll_applications. The host drops events it already has (same event_id) and
   * accepts events of one loan in any order of days. [instance] */
  talent_loan_result (*poll_events)(const talent_loan_call* call, talent_loan_instance* instance,
                                    const talent_loan_poll* poll, const talent_loan_event_sink* sink);

  /* Claims, as poll_applications. Only for loans in default. [instance] */
  talent_loan_result (*poll_claims)(const talent_loan_call* call, talent_loan_instance* instance,
                                    const talent_loan_poll* poll, const talent_loan_claim_sink* sink);

  /* Payment advice: what a booked settlement batch decided on the bank's claims. [instance] */
  talent_loan_result (*settled)(const talent_loan_call* call, talent_loan_instance* instance,
                                const talent_loan_settled* items, size_t count,
                                const talent_loan_answer_sink* sink);

  /* The bank's result in a yearly assessment. [instance] */
  talent_loan_result (*scored)(const talent_loan_call* call, talent_loan_instance* instance,
                               const talent_loan_scored* items, size_t count,
                               const talent_loan_answer_sink* sink);
} talent_loan_adapter_table;

/* ---- Table "talent-loan/notices/1", optional; since 1.1 ----------------------------------------------- */

typedef int32_t talent_loan_notice; /* a call that tells the bank something */
enum {
  TALENT_LOAN_NOTICE_DECISION = 1,
  TALENT_LOAN_NOTICE_ISSUE = 2,
  TALENT_LOAN_NOTICE_SETTLED = 3,
  TALENT_LOAN_NOTICE_SCORED = 4
};

/* Which notices an instance takes under its configuration: many a bank has no use for some of them. A library
 * that does not offer this table takes all. What is not taken the host does not send, and tells its user so. A
 * host of 1.0 does not ask, and sends it: then it is refused with TALENT_LOAN_BAD_REQUEST, each item or the whole
 * call, and never taken and dropped. A host asks after open() and before its first notice. */
typedef struct talent_loan_notices_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */

  /* Stores TALENT_LOAN_YES or TALENT_LOAN_NO in *takes, which is the host's. The answer rests on the
   * configuration alone and is the same from open() to close(): it asks no system of the bank and changes
   * nothing. A notice it does not know is TALENT_LOAN_BAD_REQUEST; on error *takes stays untouched.
   * REQUIRED, as are the conditions of the calls of "talent-loan/adapter/1". [instance] */
  talent_loan_result (*takes)(const talent_loan_call* call, talent_loan_instance* instance,
                              talent_loan_notice notice, talent_loan_yes_no* takes);
} talent_loan_notices_table;

/* ---- The entry ---------------------------------------------------------------------------------------- */

/* Constant data with static storage; valid as long as the library is loaded. The host reads magic, major,
 * minor and struct_size first and goes on only if magic and major are its own; a greater minor means more
 * slots and words at the end, and more optional tables. */
typedef struct talent_loan_entry {
  uint32_t magic; /* TALENT_LOAN_ADAPTER_MAGIC */
  uint32_t major; /* TALENT_LOAN_ADAPTER_MAJOR of the header it was compiled with */
  uint32_t minor;
  uint32_t struct_size;
  talent_loan_text name;    /* of the adapter: a-z, 0-9 and -, at most 64 bytes */
  talent_loan_text version; /* of the adapter, at most 64 bytes */
  /* The table of that name, or NULL if it is not offered. The table lives as long as the library. Has no
   * side effect, and is the first function the host calls. [any] */
  const void* (*get_table)(talent_loan_text name);
} talent_loan_entry;

/* The one symbol a library exports. */
extern TALENT_LOAN_ADAPTER_EXPORT const talent_loan_entry talent_loan_adapter_entry;

#ifdef __cplusplus
}
#endif

#endif /* TALENT_LOAN_ADAPTER_H */
