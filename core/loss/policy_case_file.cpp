#include "core/loss/policy_case_file.hpp"

namespace talent_loan {
namespace {

const std::vector<std::string> application_keys = {
    "borrower", "purpose", "secured", "guaranteed", "bank_filed", "amount", "balance", "rate", "term_months"};

std::vector<YamlValue> items(const YamlMap& map, std::string_view key) {
  const YamlValue value = map.optional(key);
  return value.present() ? value.filled_list() : std::vector<YamlValue>();
}

std::map<std::string, Fen> read_amounts(const YamlValue& value) {
  std::map<std::string, Fen> out;
  for (const auto& [payer, amount] : value.entries()) out[payer] = amount.yuan().value_or(Fen());
  return out;
}

std::optional<Level> read_level_word(const YamlValue& value) {
  const auto found = value.one_of({"district", "municipal", "provincial", "national"});
  return found ? parse_level(*found) : std::nullopt;
}

LoanFacts read_facts(const YamlMap& map) {
  LoanFacts facts;
  facts.loan_amount = map.optional("loan_amount").yuan();
  facts.level = read_level_word(map.optional("level"));
  facts.programme = map.optional("programme").word().value_or("");
  for (const YamlValue& tag : items(map, "tags")) facts.tags.push_back(tag.word().value_or(""));
  return facts;
}

// Writes what the map says over what stood in the case before: the file's `application`, then the case
// itself.
void read_application(const YamlMap& map, EligibilityCase& out) {
  ApplicationFacts& facts = out.facts;
  if (const auto kind = map.optional("borrower").one_of({"talent", "employer"})) {
    facts.kind = *kind == "talent" ? BorrowerRule::Kind::talent : BorrowerRule::Kind::employer;
  }
  if (const auto purpose = map.optional("purpose").word()) out.purpose = *purpose;
  const auto flag = [&](std::string_view key, bool& into) {
    into = map.optional(key).yes_or_no().value_or(into);
  };
  flag("secured", facts.secured);
  flag("guaranteed", facts.guaranteed);
  flag("bank_filed", facts.bank_filed);
  facts.amount = map.optional("amount").yuan().value_or(facts.amount);
  facts.balance = map.optional("balance").yuan().value_or(facts.balance);
  if (const auto rate = map.optional("rate").percent()) facts.rate = rate;
  if (const auto months = map.optional("term_months").integer(0, 1200))
    facts.term_months = static_cast<int>(*months);
}

void read_talent(const YamlValue& value, EligibilityCase& out) {
  const YamlMap map = value.map({"person", "programme", "level", "valid", "linked", "tenure_months"});
  TalentFacts talent;
  const auto person = map.optional("person").integer(1, 1000);
  talent.person = static_cast<std::uint32_t>(person.value_or(1));
  out.programmes.push_back(map.required("programme").word().value_or(""));
  talent.level = read_level_word(map.required("level")).value_or(Level::district);
  talent.valid = map.optional("valid").yes_or_no().value_or(true);
  talent.linked = map.optional("linked").yes_or_no().value_or(true);
  talent.tenure_months =
      static_cast<std::int32_t>(map.optional("tenure_months").integer(0, 1200).value_or(0));
  out.talents.push_back(talent);
}

EligibilityCase read_eligibility_case(const YamlValue& value, const YamlMap& application) {
  std::vector<std::string> keys = application_keys;
  keys.insert(keys.end(), {"name", "on", "talents", "expect", "limit"});
  const YamlMap map = value.map(keys);
  EligibilityCase out;
  out.at = value;
  read_application(application, out);
  read_application(map, out);
  out.name = map.required("name").text().value_or("");
  out.on = map.required("on").day().value_or(Day());
  for (const YamlValue& item : map.optional("talents").list()) read_talent(item, out);
  std::vector<std::string> words;
  for (int i = 1; i <= static_cast<int>(Reason::no_policy_in_force); ++i)
    words.emplace_back(word(static_cast<Reason>(i)));
  for (const YamlValue& item : map.required("expect").list()) {
    const auto reason = item.one_of(words);
    if (reason) out.expected.add(*parse_reason(*reason));
  }
  out.expected_limit = map.optional("limit").yuan();
  return out;
}

SplitCase read_split_case(const YamlValue& value) {
  const YamlMap map = value.map({"name", "disbursed_on", "defaulted_on", "claimed_on", "loss", "loan_amount",
                                 "level", "programme", "tags", "version", "pays", "bears", "bank"});
  SplitCase out;
  out.at = value;
  out.name = map.required("name").text().value_or("");
  out.dates.disbursed_on = map.required("disbursed_on").day().value_or(Day());
  out.dates.defaulted_on = map.optional("defaulted_on").day().value_or(out.dates.disbursed_on);
  out.dates.claimed_on = map.optional("claimed_on").day();
  out.facts = read_facts(map);
  out.loss = map.required("loss").yuan().value_or(Fen());
  if (const auto version = map.optional("version").word())
    out.governed = VersionId(*version == "none" ? "" : *version);
  if (out.governed && out.governed->empty()) return out;
  out.pays = read_amounts(map.required("pays"));
  out.bears = map.has("bears") ? read_amounts(map.optional("bears")) : out.pays;
  out.bank = map.required("bank").yuan().value_or(Fen());
  return out;
}

TriggerCase read_trigger_case(const YamlValue& value) {
  const YamlMap map = value.map({"overdue_days", "class", "expect"});
  TriggerCase out;
  out.at = value;
  out.overdue_days = map.optional("overdue_days").integer(0, 100'000);
  const auto found =
      map.optional("class").one_of({"normal", "special-mention", "substandard", "doubtful", "loss"});
  if (found) out.loan_class = parse_loan_class(*found);
  out.expected = map.required("expect").yes_or_no().value_or(false);
  return out;
}

SuspendCase read_suspend_case(const YamlValue& value) {
  const YamlMap map = value.map({"balance", "non_performing", "expect"});
  SuspendCase out;
  out.at = value;
  out.balance = map.required("balance").yuan().value_or(Fen());
  out.non_performing = map.required("non_performing").yuan().value_or(Fen());
  out.expected = map.required("expect").yes_or_no().value_or(false);
  return out;
}

RecoveryCase read_recovery_case(const YamlValue& value) {
  const YamlMap map =
      value.map({"loss", "loan_amount", "level", "programme", "tags", "recoveries", "returned"});
  RecoveryCase out;
  out.at = value;
  out.loss = map.required("loss").yuan().value_or(Fen());
  out.facts = read_facts(map);
  for (const YamlValue& item : map.required("recoveries").filled_list()) {
    const YamlMap recovery = item.map({"amount", "costs"});
    out.recoveries.emplace_back(recovery.required("amount").yuan().value_or(Fen()),
                                recovery.optional("costs").yuan().value_or(Fen()));
  }
  out.returned = read_amounts(map.required("returned"));
  return out;
}

}  // namespace

PolicyCases read_policy_cases(const std::string& path, YamlProblems& problems) {
  const YamlMap map = read_yaml(
      path, "policy-cases",
      {"version", "application", "eligibility", "split", "trigger", "suspend", "recovery"}, problems);
  PolicyCases out;
  out.at = map.self();
  out.version = VersionId(map.required("version").word().value_or(""));
  const YamlMap application = map.optional("application").map(application_keys);
  for (const YamlValue& item : items(map, "eligibility"))
    out.eligibility.push_back(read_eligibility_case(item, application));
  for (const YamlValue& item : items(map, "split")) out.split.push_back(read_split_case(item));
  for (const YamlValue& item : items(map, "trigger")) out.trigger.push_back(read_trigger_case(item));
  for (const YamlValue& item : items(map, "suspend")) out.suspend.push_back(read_suspend_case(item));
  for (const YamlValue& item : items(map, "recovery")) out.recovery.push_back(read_recovery_case(item));
  return out;
}

}  // namespace talent_loan
