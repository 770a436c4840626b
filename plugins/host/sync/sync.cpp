#include "plugins/host/sync/sync.hpp"

#include <csignal>
#include <exception>
#include <thread>

#include "plugins/host/sync/bank_round.hpp"
#include "plugins/host/sync/breaker.hpp"

namespace talent_loan::host {
namespace {

// A connection that the bank has closed is an error of one call. An adapter in this process may write to it with a plain
// write(), whose signal would end the rounds of all banks.
void take_broken_pipes_as_errors() {
  sigset_t broken_pipe;
  ::sigemptyset(&broken_pipe);
  ::sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
}

// A round behind the bank's breaker, which learns what came of it.
void run_round(SharedBooks& books, DecisionMaker& decisions, const SyncRequest& request, const BankBinding& binding, BankReport& report) {
  if (binding.kept_out) {  // as where there is no library: nothing is known of the bank
    report.failures.push_back(*binding.kept_out);
    return;
  }
  const auto in_turn = [&](auto change) {
    const std::lock_guard turn(books.turn);
    Transaction transaction = books.database.write();
    auto came_of_it = change(transaction);
    transaction.commit();
    return came_of_it;
  };
  Breaker breaker(binding.id, binding.breaker, request.actor);
  const Admission admission = in_turn([&](Transaction& transaction) { return breaker.admit(transaction, request.try_open_breakers); });
  if (admission.left_alone) {
    report.left_alone = true;
    report.failures.push_back(*admission.left_alone);
    return;
  }
  BankBinding tried = binding;
  if (admission.trial) tried.attempts = 1;
  try {
    BankRound(books, decisions, request, tried, report).run();
    in_turn([&](Transaction& transaction) { return breaker.went_through(transaction); });
  } catch (const AdapterFailure& failure) {
    report.failures.push_back(failure.diagnostics().front());
    // Where there is no library to run, the bank was not asked, and nothing is known of it.
    if (failure.kind() == AdapterFailure::Kind::not_loaded) return;
    in_turn([&](Transaction& transaction) { return breaker.failed(transaction, report.failures.back()); });
  }
}

}  // namespace

std::vector<BankReport> sync_banks(Database& database, DecisionMaker& decisions, const SyncRequest& request) {
  std::vector<BankReport> reports(request.bindings.size());
  std::vector<std::exception_ptr> broken(request.bindings.size());
  SharedBooks books{database};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < request.bindings.size(); ++i) {
    threads.emplace_back([&, i] {
      take_broken_pipes_as_errors();
      const BankBinding& binding = request.bindings[i];
      reports[i].bank = binding.id;
      reports[i].name = binding.name;
      try {
        run_round(books, decisions, request, binding, reports[i]);
      } catch (...) {  // the database or memory: told to the caller on its own thread
        broken[i] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& error : broken) {
    if (error) std::rethrow_exception(error);
  }
  return reports;
}

}  // namespace talent_loan::host
