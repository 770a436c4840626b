#include "plugins/host/sync/sync.hpp"

#include <exception>
#include <thread>

#include "plugins/host/sync/bank_round.hpp"

namespace talent_loan::host {

std::vector<BankReport> sync_banks(Database& database, DecisionMaker& decisions, const SyncRequest& request) {
  std::vector<BankReport> reports(request.bindings.size());
  std::vector<std::exception_ptr> broken(request.bindings.size());
  SharedBooks books{database};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < request.bindings.size(); ++i) {
    threads.emplace_back([&, i] {
      const BankBinding& binding = request.bindings[i];
      reports[i].bank = binding.id;
      reports[i].name = binding.name;
      try {
        BankRound(books, decisions, request, binding, reports[i]).run();
      } catch (const AdapterFailure& failure) {
        reports[i].failures.push_back(failure.diagnostics().front());
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
