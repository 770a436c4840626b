#include <fmt/format.h>

#include "plugins/host/adapters.hpp"
#include "plugins/host/options.hpp"
#include "plugins/host/sync/breaker.hpp"

namespace talent_loan::host {
namespace {

const char* state_of(const BreakerState& breaker, Instant now) {
  if (!breaker.retry_at) return "failing";
  return now < *breaker.retry_at ? "open" : "due";
}

Exit list_breakers(const Globals& globals) {
  Database database = open_database(globals);
  Transaction look = database.read();
  std::string out = "bank_id,state,failed_rounds,failing_since,next_try,reason\n";
  for (const BreakerState& breaker : breakers(look)) {
    RowText(out).text(breaker.bank.text()).plain(state_of(breaker, look.now())).plain(std::to_string(breaker.failures)).plain(minute_in_china(breaker.failing_since))
        .plain(breaker.retry_at ? minute_in_china(*breaker.retry_at) : "").text(globals.say(breaker.reason)).end();
  }
  fmt::print("{}", out);
  return Exit::done;
}

}  // namespace

void add_adapter_breakers(CLI::App& group, const Globals& globals, Invocation& invocation) {
  add_leaf(group, globals, invocation, "breakers",
           {"列出最近一轮失败的银行及其熔断状态（CSV，北京时间）：failing 仍会访问，open 到 next_try 以前不访问，due 下次 sync 试一次",
            "list the banks whose last round failed and their circuit breakers (CSV, China time): failing is asked as usual, open is left alone until next_try, due is tried once at the next sync"},
           "talent-loan adapter breakers", [&globals] { return list_breakers(globals); });
}

}  // namespace talent_loan::host
