// A bank's answer to payments: pain.002.001.11 with one status for each.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace talent_loan::testing {

inline std::string status_report(const std::vector<std::pair<std::string, std::string>>& statuses) {
  std::string xml = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.11\"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>";
  for (const auto& [payment, status] : statuses) xml += "<TxInfAndSts><OrgnlEndToEndId>" + payment + "</OrgnlEndToEndId><TxSts>" + status + "</TxSts></TxInfAndSts>";
  return xml + "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
}

}  // namespace talent_loan::testing
